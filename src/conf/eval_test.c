/* SPDX-License-Identifier: BSD-2-Clause */
/* The language: what each construct gives, and what each refusal says, word for word. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

/* Each text sets $virus_admin, @inet_acl or %local_domains; `name` is what is looked at. */
static const struct {
	const char *text, *name, *want;
} values[] = {
	/* numbers and operators */
	{ "$virus_admin = 1;", "$virus_admin", "1" },
	{ "$virus_admin = 0x1F;", "$virus_admin", "31" },
	{ "$virus_admin = 0b101;", "$virus_admin", "5" },
	{ "$virus_admin = 017;", "$virus_admin", "15" },
	{ "$virus_admin = 1_000_000;", "$virus_admin", "1000000" },
	{ "$virus_admin = 1.50;", "$virus_admin", "1.5" },
	{ "$virus_admin = .5;", "$virus_admin", "0.5" },
	{ "$virus_admin = 1e3;", "$virus_admin", "1000" },
	{ "$virus_admin = -7;", "$virus_admin", "-7" },
	{ "$virus_admin = 8*60;", "$virus_admin", "480" },
	{ "$virus_admin = 300*1024*1024;", "$virus_admin", "314572800" },
	{ "$virus_admin = 2 + 3 * 4;", "$virus_admin", "14" },
	{ "$virus_admin = (2 + 3) * 4;", "$virus_admin", "20" },
	{ "$virus_admin = 10 - 2 - 3;", "$virus_admin", "5" },
	{ "$virus_admin = 6.3 / 15.0;", "$virus_admin", "0.42" },
	{ "$virus_admin = 1 . 2;", "$virus_admin", "'12'" },
	{ "$virus_admin = 'a' . 1 + 2 . 'b';", "$virus_admin", NULL },
	{ "$virus_admin = '3' + '4.5';", "$virus_admin", "7.5" },
	/* 0.1 + 0.2 is written with all its digits, so that it reads back as itself */
	{ "$virus_admin = 0.1 + 0.2;", "$virus_admin", "0.30000000000000004" },
	{ "$virus_admin = D_DISCARD;", "$virus_admin", "0" },
	{ "$virus_admin = D_REJECT;", "$virus_admin", "-3" },
	{ "$virus_admin = CC_VIRUS.',1';", "$virus_admin", "'9,1'" },
	{ "$virus_admin = lc('AbC') . uc 'x';", "$virus_admin", "'abcX'" },
	{ "$virus_admin = 5; $virus_admin .= 'x';", "$virus_admin", "'5x'" },
	{ "$virus_admin = 5; $virus_admin += 2; $virus_admin *= 3; $virus_admin -= 1;",
	  "$virus_admin", "20" },
	/* quotes */
	{ "$virus_admin = 'a\\'b\\\\c\\d';", "$virus_admin", "'a\\'b\\\\c\\\\d'" },
	{ "$virus_admin = q(a(b)\\)c);", "$virus_admin", "'a(b))c'" },
	{ "$virus_admin = q{x}; $virus_admin = q!y!; $virus_admin = q <z>;", "$virus_admin",
	  "'z'" },
	{ "$virus_admin = \"a\\tb\\n\\x41\\x{263a}\\101\\cA\\e\\0\";", "$virus_admin", NULL },
	{ "$virus_admin = \"a\\tb\\x41\\x{263a}\\101\";", "$virus_admin",
	  "\"a\\tbA\xe2\x98\xba"
	  "A\"" },
	{ "$virus_admin = qq{a{b}\"c\"};", "$virus_admin", "'a{b}\"c\"'" },
	{ "$mydomain='d.e'; $virus_admin = \"x\\@$mydomain\";", "$virus_admin", "'x@d.e'" },
	{ "$mydomain='d.e'; $virus_admin = \"${mydomain}x ${ mydomain }\";", "$virus_admin",
	  "'d.ex d.e'" },
	{ "$mydomain='d.e'; $virus_admin = \"$mydomain-x.$mydomain:1\";", "$virus_admin",
	  "'d.e-x.d.e:1'" },
	{ "$local_domains{'k'}='v'; $virus_admin = \"$local_domains{k} $local_domains{'k'}\";",
	  "$virus_admin", "'v v'" },
	{ "@inet_acl=(1,2); $virus_admin = \"@inet_acl $inet_acl[1]\";", "$virus_admin",
	  "'1 2 2'" },
	{ "$virus_admin = \"u\\LABC\\E\\uabc\\Qa.b\\E\";", "$virus_admin", "'uabcAbca\\\\.b'" },
	{ "$virus_admin = <<\"E\";\na $mydomain\nb\nE\n", "$virus_admin",
	  "\"a localdomain\\nb\\n\"" },
	{ "$virus_admin = <<'E' . 'x';\na $x \\\\\nE\n", "$virus_admin",
	  "\"a \\$x \\\\\\\\\\nx\"" },
	{ "$virus_admin = <<~E;\n    a\n      b\n    E\n", "$virus_admin", "\"a\\n  b\\n\"" },
	{ "$virus_admin = 'a\nb';", "$virus_admin", "\"a\\nb\"" },
	/* lists and hashes */
	{ "@inet_acl = ();", "@inet_acl", "()" },
	{ "@inet_acl = (1, 'b', (2, 3), );", "@inet_acl", "(1, 'b', 2, 3)" },
	{ "@inet_acl = qw( a b\n c );", "@inet_acl", "('a', 'b', 'c')" },
	{ "@inet_acl = 1;", "@inet_acl", "(1)" },
	{ "@inet_acl = (1..4);", "@inet_acl", "(1, 2, 3, 4)" },
	{ "@inet_acl = (1) ; push(@inet_acl, 2, qw(a b)); unshift @inet_acl, 0;", "@inet_acl",
	  "(0, 1, 2, 'a', 'b')" },
	{ "@inet_acl = (1,2); @inet_acl = (@inet_acl, 3);", "@inet_acl", "(1, 2, 3)" },
	{ "$inet_acl[1] = 'x';", "@inet_acl", "('127.0.0.1', 'x')" },
	{ "@inet_acl = ([1, [2]], {a => undef, -b => 3});", "@inet_acl",
	  "([1, [2]], {'a' => undef, '-b' => 3})" },
	{ "%local_domains = (a => 1, 'b', 2, CC_SPAM, 3);", "%local_domains",
	  "('a' => 1, 'b' => 2, '6' => 3)" },
	{ "%local_domains = (a => 1, a => 2);", "%local_domains", "('a' => 2)" },
	{ "$local_domains{a}{b}[1] = 5;", "%local_domains", "('a' => {'b' => [undef, 5]})" },
	{ "$local_domains{'a'}->{b} = 1; push @{$local_domains{x}{y}}, 7;", "%local_domains",
	  "('a' => {'b' => 1}, 'x' => {'y' => [7]})" },
	{ "@{$local_domains{a}} = (1,2); %{$local_domains{b}} = (c => 3);", "%local_domains",
	  "('a' => [1, 2], 'b' => {'c' => 3})" },
	{ "$local_domains{lc $_} = 1 for qw(A b);", "%local_domains", "('a' => 1, 'b' => 1)" },
	{ "$local_domains{lc($_)} = 2 foreach ('A');", "%local_domains", "('a' => 2)" },
	{ "for (qw(A b)) { $local_domains{$_} = [1]; }", "%local_domains",
	  "('A' => [1], 'b' => [1])" },
	{ "my $x = [1]; $local_domains{a} = $x; $local_domains{b} = $x; $local_domains{a}[0] = 2;",
	  "%local_domains", "('a' => [2], 'b' => [1])" },
	{ "%local_domains = map { $_ => 1 } qw(a b);", "%local_domains", "('a' => 1, 'b' => 1)" },
	{ "@inet_acl = ((map { lc($_), 'X' } ('A', 'b')), 3);", "@inet_acl",
	  "('a', 'X', 'b', 'X', 3)" },
	{ "@client_ipaddr_policy = map { $_ => 'MYNETS' } @mynetworks_maps;",
	  "@client_ipaddr_policy", "(\\@mynetworks, 'MYNETS')" },
	/* references and code that stays a name */
	{ "@inet_acl = (\\%local_domains, \\@mynetworks, \\$virus_admin);", "@inet_acl",
	  "(\\%local_domains, \\@mynetworks, \\$virus_admin)" },
	{ "@inet_acl = (\\&ask_daemon, \\&Amavis::Unpackers::do_unzip);", "@inet_acl",
	  "(\\&ask_daemon, \\&do_unzip)" },
	{ "@inet_acl = (sub { c('x') }, sub { ca('y'); }, sub { cr(\"z\") });", "@inet_acl",
	  "(sub { c('x') }, sub { ca('y') }, sub { cr('z') })" },
	{ "@inet_acl = (sub { [ c('x') ] }, sub { Opaque(c('y')) }, sub {0});", "@inet_acl",
	  "(sub { [ c('x') ] }, sub { Opaque(c('y')) }, sub { 0 })" },
	{ "@inet_acl = (sub {chdir('/x') or die \"no: $!\"}, 1);", "@inet_acl", "(undef, 1)" },
	{ "@inet_acl = (q_sql_n('f'), q_ldap_s('g'));", "@inet_acl",
	  "(q_sql_n('f'), q_ldap_s('g'))" },
	{ "@inet_acl = new_RE(qr'^a\\.b$'i, [qr/c/ => 1], [qr{d}m, undef]);", "@inet_acl",
	  "(new_RE(qr'^a\\.b$'i, [qr'c', 1], [qr'd'm, undef]))" },
	{ "@inet_acl = (qr/a\\/b/, qr!a\\!b!, qr{a\\}b{2}}, qr'a\\'b$x', qr(a\\(b));", "@inet_acl",
	  "(qr'a/b', qr'a!b', qr'a\\}b{2}', qr'a\\'b$x', qr'a\\(b')" },
	{ "$mydomain='x.y'; @inet_acl = (qr/^\\Q$mydomain\\E$/, qr/a$|$mydomain[0-9]/);",
	  "@inet_acl", "(qr'^x\\.y$', qr'a$|x.y[0-9]')" },
	{ "@inet_acl = (qr/\\Q'/, qr/a\\'b/, qr/a\\\\'/);", "@inet_acl",
	  "(qr'\\'', qr'a\\'b', qr'a\\\\\\'')" },
	{ "@inet_acl = qr/a/msix;", "@inet_acl", "(qr'a'msix)" },
	/* chains, declarations, empty statements, pod, end */
	{ "$virus_admin = $spam_admin = 'x';", "$virus_admin", "'x'" },
	{ "$ENV{PATH} = $virus_admin = '/bin';", "$virus_admin", "'/bin'" },
	{ "my $x = 'a'; our @y = (1, 2); $virus_admin = \"$x@y\";", "$virus_admin", "'a1 2'" },
	{ "use strict; use warnings; no warnings 'once'; ;; $virus_admin = 1; 1;", "$virus_admin",
	  "1" },
	{ "$virus_admin = 1;\n=pod\n\n$virus_admin = 2;\n\n=cut\n1;", "$virus_admin", "1" },
	{ "$virus_admin = 1;\n__END__\n$virus_admin = 2;", "$virus_admin", "1" },
	{ "$Amavis::Conf::virus_admin = 1;", "$virus_admin", "1" },
	{ "$virus_admin # c\n = # = 2;\n 1;", "$virus_admin", "1" },
	{ "$virus_admin = 1", "$virus_admin", "1" },
	{ "chomp($virus_admin = `hostname --fqdn`);", "$virus_admin", "'localhost.localdomain'" },
	{ "$virus_admin = undef; $virus_admin = +3;", "$virus_admin", "3" },
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct conf *c = load_text(a, values[i].text, &diags);

		if (!values[i].want) { /* errors of type only: the language takes it or not */
			assert_true(diags.errors > 0);
		} else {
			if (diags.errors)
				print_error("%s\n%s", values[i].text,
					    diags_text(a, &diags, CONF_ERROR).p);
			assert_int_equal(diags.errors, 0);
			assert_string_equal(shown(a, c, values[i].name).p, values[i].want);
		}
		conf_free(c);
		arena_free(a);
	}
}

static const struct {
	const char *text, *want;
} refusals[] = {
	{ "$TMPBASE = $MYHOME/tmp\n$virus_admin = 1;",
	  "t:1:1: $TMPBASE: unknown setting, and the value is not quoted and the semicolon is "
	  "missing; write $TEMPBASE = \"$MYHOME/tmp\";\n" },
	{ "$TEMPBASE = $MYHOME/tmp;",
	  "t:1:1: $TEMPBASE: the value is not quoted; write $TEMPBASE = \"$MYHOME/tmp\";\n" },
	{ "$TEMPBASE = /var/tmp\n",
	  "t:1:1: $TEMPBASE: the value is not quoted and the semicolon is missing; write "
	  "$TEMPBASE = '/var/tmp';\n" },
	{ "$log_levl = 1;", "t:1:1: $log_levl: unknown setting; did you mean $log_level?\n" },
	{ "$qwertyuiop = 1;", "t:1:1: $qwertyuiop: unknown setting; a variable of your own is "
			      "declared first: my $qwertyuiop = ...;\n" },
	{ "$log_level = 1\n$virus_admin = 2;",
	  "t:1:15: the semicolon at the end of this statement is missing; write ; here\n" },
	{ "@inet_acl = ('a' 'b');", "t:1:18: the text 'b' is not expected here; is a comma, an "
				    "operator or a quote missing before it?\n" },
	{ "$virus_admin = \"a@b.c\";",
	  "t:1:16: @b in double quotes stands for a list, and there is none of this name; write "
	  "\\@ for the character, or single quotes\n" },
	{ "$virus_admin = \"$nope\";", "t:1:16: $nope in double quotes: unknown variable; write "
				       "\\$ for the character, or single "
				       "quotes\n" },
	{ "$virus_admin = \"$mydomain's\";",
	  "t:1:16: $mydomain' in double quotes names a package in Perl; write ${mydomain}'\n" },
	{ "if (-e '/x') { $log_level = 9; }\n$log_level = 1;",
	  "t:1:1: a condition: the configuration is read as data, so nothing can be decided while "
	  "it is read; write the settings that are wanted\n" },
	{ "$log_level = 1 if 2;",
	  "t:1:16: a condition: the configuration is read as data, so nothing can be decided while "
	  "it is read; write the settings that are wanted\n" },
	{ "$log_level = $a ? 1 : 2;",
	  "t:1:17: ?: decides while the file is read; the configuration is read as data, write the "
	  "value that is wanted\nt:1:14: $a: unknown setting; a variable of your own is declared "
	  "first: my $a = ...;\n" },
	{ "$log_level = $mydomain // 2;", "t:1:24: operator '//': only = + - * / . .. are part of "
					  "the language here; write the value "
					  "itself\n" },
	{ "@inet_acl = map { uc } qw(a);",
	  "t:1:13: map: it runs code for each element; write the resulting list out\n" },
	{ "$virus_admin = `id`;",
	  "t:1:16: a command in backticks: commands are never run; understood are chomp($x = `head "
	  "-n 1 FILE`) and chomp($x = `hostname --fqdn`); else write the value itself\n" },
	{ "chomp($virus_admin = `id -un`);",
	  "t:1:22: `id -un`: commands are never run; understood are `head -n 1 FILE` and `hostname "
	  "--fqdn`; write the value itself\n" },
	{ "@inet_acl = (CC_VIRUS, sub CC_SPAM, 1);", "t:1:24: sub without { } behind it\n" },
	{ "@inet_acl = (sub { system('x') }, 1);",
	  "t:1:14: sub { ... }: code is never run; understood are sub { c('x') }, sub { ca('x') } "
	  "and sub { cr('x') }; write the value itself\n" },
	{ "@inet_acl = (sub { cr('a\\b') }, 1);",
	  "t:1:14: sub { ... }: code is never run; understood are sub { c('x') }, sub { ca('x') } "
	  "and sub { cr('x') }; write the value itself\n" },
	{ "sub foo { my $x = '}'; }\n$log_level = 1;",
	  "t:1:1: a subroutine: code is never run; only sub { c('x') }, sub { ca('x') } and sub { "
	  "cr('x') } are understood, as values\n" },
	{ "@inet_acl = (\\&mine);",
	  "t:1:14: \\&mine: a reference to code nobody knows here; \\&ask_daemon and the decoders "
	  "\\&do_... are known as names\n" },
	{ "use POSIX qw(uname);",
	  "t:1:1: use of a Perl module: it is code, and the configuration is "
	  "read as data; remove the line\n" },
	{ "$virus_admin = 'abc;\n$log_level = 1;\n$spam_admin = 'x';",
	  "t:1:16: this quote ends only on a later line, and what follows makes no sense: is its "
	  "closing ' missing on this line?\n" },
	{ "$virus_admin = 'abc;\n$log_level = 1;\n", "t:1:16: this quote is never closed\n" },
	{ "$virus_admin = <<E;\nabc\n", "t:1:16: this here-document is never closed\n" },
	{ "@inet_acl = (1, 2;\n$log_level = 1;",
	  "t:1:13: this bracket is never closed: ) is missing before ';'\n" },
	{ "%local_domains = (a => 1, 2);",
	  "t:1:18: a hash needs pairs of key => value, got an odd number of values (3): is a comma "
	  "or a value missing?\n" },
	{ "$virus_admin = (1, 2);",
	  "t:1:16: a list where one value belongs; for a list as one value "
	  "write [ ... ]\n" },
	{ "$virus_admin = @inet_acl;", "t:1:16: a list or hash where one value belongs (Perl would "
				       "take its number of elements); "
				       "write \\@... for a reference to it\n" },
	{ "$virus_admin = 'x' * 2;", "t:1:16: a calculation needs numbers, got text 'x'\n" },
	{ "$virus_admin = 1 / 0;", "t:1:16: division by zero\n" },
	{ "$final_spam_destiny = D_BOUNCED;",
	  "t:1:23: D_BOUNCED: unknown constant; there are D_PASS, D_DISCARD, D_BOUNCE, D_REJECT, "
	  "D_TEMPFAIL, and CC_CLEAN, CC_SPAM, CC_VIRUS and the like\n" },
	{ "$virus_admin = s(a)(b);",
	  "t:1:16: a match or substitution: it works on a text while the file is read; for a "
	  "regular expression as a value write qr/.../, for a path write quotes around it\n" },
	{ "$virus_admin = $inet_acl->foo;",
	  "t:1:25: ->: a call of a method or of code; code is never run, write the value itself\n"
	  "t:1:16: $inet_acl: unknown setting; did you mean @inet_acl?\n" },
	{ "$virus_admin;",
	  "t:1:1: this names a variable and does nothing with it; write NAME = VALUE;\n" },
	{ "push($virus_admin, 1);", "t:1:1: push needs a list first: push(@name, VALUE, ...)\n" },
	{ "$virus_admin = $ENV{HOME};",
	  "t:1:16: $ENV{...}: the environment is not read, so that a configuration means the same "
	  "everywhere; write the value itself\n" },
	{ "($virus_admin, $spam_admin) = (1, 2);",
	  "t:1:1: only a variable or an element can be assigned to; write one assignment for each "
	  "variable\n" },
	{ "my ($x, $y) = (1, 2);",
	  "t:1:1: a declaration of several variables at once: it is not part of the language here; "
	  "declare each in its own statement: my $x = ...;\n" },
	{ "$log_level = 1, $virus_admin = 2;",
	  "t:1:15: a comma joins two values here; write a semicolon between statements, and ( ) "
	  "around a list\n" },
	{ "@inet_acl = @mynetworks[0, 1];",
	  "t:1:13: a slice (several elements at once): not part of the language here; write each "
	  "element out\n" },
	{ "$virus_admin = qr/a/;\n",
	  "t:1:1: $virus_admin: who hears of infected mail, got a regular expression, expected a "
	  "text\n" },
	{ "@inet_acl = (qr/a/gz);",
	  "t:1:14: qr//gz: flags of a regular expression are m s i x n p\n" },
	{ "include_config_files('/nope');", "t:1:1: /nope: no files are read here\n" },
	{ "$log_level = ;", "t:1:14: a value is missing before ';'\n" },
	{ "$log_level = 1 +;", "t:1:17: a value is missing before ';'\n" },
	{ "$log_level = 9y;", "t:1:15: 'y' is not expected here; is an operator, a comma or a "
			      "quote missing before it?\n" },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct conf *c = load_text(a, refusals[i].text, &diags);

		assert_string_equal(diags_text(a, &diags, CONF_ERROR).p, refusals[i].want);
		conf_free(c);
		arena_free(a);
	}
}

static void test_all_errors_in_one_run(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a,
				   "$log_levl = 1;\n$virus_admin = \"a@b\";\n$max_servers = 'x';\n"
				   "@inet_acl = (1 2);\n$spam_admin = 'kept';\n$x = foo(1);\n",
				   &diags);

	(void)state;
	assert_int_equal(diags.errors, 6);
	assert_string_equal(conf_get_cstr(c, "spam_admin"), "kept");
	assert_int_equal(conf_get_int(c, "max_servers"), 2);
	conf_free(c);
	arena_free(a);
}

static void test_limits(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct strbuf deep;
	struct conf *c;

	(void)state;
	strbuf_init(&deep, 0);
	strbuf_add_c(&deep, "$default_ldap = ");
	for (int i = 0; i < 5000; i++)
		strbuf_add_byte(&deep, '[');
	c = load_text(a, strbuf_str(&deep).p, &diags);
	assert_string_equal(diags_text(a, &diags, CONF_ERROR).p,
			    "t:1:80: brackets nest deeper than 64 here\n");
	conf_free(c);
	/* Growing by doubling ends at the budget, not at the memory's end. */
	strbuf_clear(&deep);
	strbuf_add_c(&deep, "my $x = 'xxxxxxxxxxxxxxxx';\n");
	for (int i = 0; i < 40; i++)
		strbuf_add_c(&deep, "$x = \"$x$x\";\n");
	c = load_text(a, strbuf_str(&deep).p, &diags);
	assert_true(diags.errors > 0);
	conf_free(c);
	strbuf_clear(&deep);
	strbuf_add_c(&deep, "my $x = [];\n");
	for (int i = 0; i < 40; i++)
		strbuf_add_c(&deep, "$x = [ $x, $x ];\n");
	c = load_text(a, strbuf_str(&deep).p, &diags);
	assert_true(diags.errors > 0);
	conf_free(c);
	strbuf_done(&deep);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_all_errors_in_one_run),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
