#!/usr/bin/perl -T
# Values as Perl sees them, one line each, for comparing with what Postern's reader makes of the same text.
#	perl_values.pl snippets FILE     FILE: blocks "VARIABLE\0TEXT\0CANONICAL\0"; prints both values of each
#	perl_values.pl amavis NAMES FILE...   reads FILEs with amavisd's own reader; prints NAME<tab>value
#	perl_values.pl canonical NAMES FILE   the same for a canonical text
use strict;
use lib '/usr/share/perl5';
use B::Deparse;
use B ();
use re qw(is_regexp regexp_pattern);
use Scalar::Util qw(blessed reftype);
BEGIN { $ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin'; delete @ENV{qw(IFS CDPATH ENV BASH_ENV)} }

my %name_of;                      # address of a named variable -> its name
my $deparse = B::Deparse->new;

sub quoted { my $s = shift; utf8::encode($s) if utf8::is_utf8($s); $s =~ s/([^!-~])/sprintf('\\x%02x', ord $1)/ge; "'$s'" }

sub code {
	my $v = shift;
	my $name = B::svref_2object($v)->GV->NAME;
	return "\\&$name" if $name ne '__ANON__' && $name ne 'BEGIN';
	my $text = $deparse->coderef2text($v);
	return 'undef' if $text =~ /chdir/;        # deliberately ignored
	return "sub $1 $2" if $text =~ /\b(c|ca|cr)\(?\s*'(\w+)'/;
	return "sub $1" if $text =~ /\s(\d+);\s*\}\z/;
	$text =~ s/\s+/ /g;
	return "sub $text";
}

sub value {
	my ($v, $top) = @_;
	return 'undef' if !defined $v;
	return quoted($v) if !ref $v;
	if (is_regexp($v)) {
		my ($pattern, $flags) = regexp_pattern($v);
		$pattern =~ s/\\'/'/g;
		$pattern =~ s/\n/<newline>/g;
		$flags =~ s/u//;
		return "qr/$pattern/" . join('', sort split //, $flags);
	}
	return '\\' . $name_of{0 + $v} if !$top && $name_of{0 + $v};
	return code($v) if reftype $v eq 'CODE';
	my $class = blessed($v) && ref($v) =~ /(RE|SQLfield|LDAPattr|Opaque\w*)\z/ ? $1 : '';
	return "$class\[" . join(', ', map value($_), @$v) . ']' if reftype $v eq 'ARRAY';
	return "$class\{" . join(', ', map { quoted($_) . ' => ' . value($v->{$_}) } sort keys %$v) . '}'
		if reftype $v eq 'HASH';
	return '\\' . value($$v);
}

sub lookup {
	my ($package, $full) = @_;
	my ($sigil, $name) = $full =~ /^([\$\@%])(\w+)\z/ or die "bad name $full";
	no strict 'refs';
	return $sigil eq '$' ? value(${"${package}::$name"})
		: value($sigil eq '@' ? \@{"${package}::$name"} : \%{"${package}::$name"}, 1);
}

sub learn_names {
	my ($package, @names) = @_;
	no strict 'refs';
	for (@names) {
		my ($sigil, $name) = /^([\$\@%])(\w+)\z/ or next;
		$name_of{0 + ($sigil eq '$' ? \${"${package}::$name"}
			: $sigil eq '@' ? \@{"${package}::$name"} : \%{"${package}::$name"})} = $_;
	}
}

my $stubs = <<'E';
sub new_RE { bless [@_], 'RE' } sub c($); sub ca($); sub cr($); sub Opaque { bless [@_], 'Opaque' }
sub q_sql_n { bless [@_], 'SQLfield' } sub ask_daemon; sub do_unzip;
sub D_TEMPFAIL(){-4} sub D_REJECT(){-3} sub D_BOUNCE(){-2} sub D_DISCARD(){0} sub D_PASS(){1}
sub CC_CLEAN(){1} sub CC_SPAM(){6} sub CC_BANNED(){8} sub CC_VIRUS(){9}
our $mydomain = 'localdomain'; our @mynetworks = ('10.0.0.0/8'); our @mynetworks_maps = (\@mynetworks);
our @inet_acl = ('127.0.0.1', '[::1]');
E

sub slurp { my $f = shift; local $/; open my $fh, '<', $f or die "$f: $!"; my $t = <$fh>; $t =~ /(.*)/s; "$1" }

sub snippets {
	my @blocks = split /\0/, slurp(shift);
	my $n = 0;
	while (my ($variable, $text, $ours) = splice @blocks, 0, 3) {
		my @got;
		for my $t ($text, $ours) {
			my $package = 'P' . $n++;
			local $SIG{__WARN__} = sub { };
			eval "no strict; package $package; $stubs\n#line 1\n$t\n;1" or push(@got, "ERROR $@"), next;
			%name_of = ();
			learn_names($package, qw(@mynetworks %local_domains $tested @mynetworks_maps));
			push @got, lookup($package, $variable);
		}
		s/[\n\t]/ /g for @got;
		print join("\t", @got), "\n";
	}
}

sub whole {
	my ($mode, $names, @files) = @_;
	my @names = split ' ', slurp($names);
	@files = map { /(.*)/s; "$1" } @files;
	require Amavis::Conf; require Amavis::Util; require Amavis::Lookup::RE; require Amavis::rfc2821_2822_Tools;
	require IO::File;
	local $SIG{__WARN__} = sub { };
	if ($mode eq 'amavis') {
		$Amavis::Conf::i_know_what_i_am_doing{no_conf_file_writable_check} = 1;
		Amavis::Conf::include_config_files(@files);
		Amavis::Conf::supply_after_defaults();
	} else {
		eval "package Amavis::Conf; no strict;\n" . slurp($files[0]) . "\n1" or die $@;
	}
	learn_names('Amavis::Conf', map @$_, values %Amavis::Conf::EXPORT_TAGS);
	print "$_\t", lookup('Amavis::Conf', $_), "\n" for @names;
}

my $mode = shift;
$mode eq 'snippets' ? snippets(@ARGV) : whole($mode, @ARGV);
