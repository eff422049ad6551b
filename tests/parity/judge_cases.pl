#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# SpamAssassin's answers to the cases. Each line of standard input is: id TAB folder of rules TAB message file TAB 1 when
# the look of the message afterwards is wanted, else 0. A line out: id TAB score TAB rules TAB sub-rules TAB that look in
# hex. Every line is answered by a child of its own, so that no state of one reaches the next.
use strict;
use warnings;
use IO::Handle;
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;
use Mail::SpamAssassin::HTML;
BEGIN { delete @ENV{qw(LC_ALL LC_MESSAGES LANGUAGE)}; $ENV{LANG} = 'C'; $ENV{TZ} = 'UTC'; }

# Loaded once, before the children.
for my $plugin (glob $INC{'Mail/SpamAssassin.pm'} =~ s/\.pm$//r . '/Plugin/*.pm') {
	eval { require 'Mail/SpamAssassin/Plugin/' . $plugin =~ s!.*/!!r } if $plugin =~ /(?:Eval|Check|URI\w+|SPF|DKIM|DMARC|Header|Tags|Mismatch|Subject|
	    AskDNS|HashBL|VBounce|ImageInfo|FreeMail|Threshold|Bayes)\.pm$/x;
}

# Host name and date are fixed.
no warnings 'redefine';
*Mail::SpamAssassin::Util::fq_hostname = sub { 'host.example' };
*Mail::SpamAssassin::Util::time_to_rfc822_date = sub { 'Mon, 01 Jan 2024 00:00:00 +0000' };

# The message as it goes out, and the report; boundaries are masked.
sub look {
	my ($status) = @_;
	my $text = join "==== report\n", $status->rewrite_mail, $status->get_report;
	utf8::encode($text) if utf8::is_utf8($text);
	return $text =~ s/----------=_[0-9A-F]{8}\.[0-9A-F]{8}/----------=_BOUNDARY/gr;
}

sub answer {
	my ($rules, $file, $show) = @_;
	my $engine = Mail::SpamAssassin->new({
		local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null',
		rules_filename => $rules, site_rules_filename => '/nonexistent', username => 'nobody',
	});
	if (-e "$rules/prefs") {	# as spamd does
		$engine->compile_now(0, 1);
		$engine->read_scoreonly_config("$rules/prefs");
	}
	$engine->init(0);
	open(my $in, '<:raw', $file) or die "$file: $!\n";
	my $text = do { local $/ = undef; <$in> };
	my $status = $engine->check($engine->parse($text, 1));
	return sprintf "%.3f\t%s\t%s\t%s", $status->get_score, $status->get_names_of_tests_hit,
	    $status->get_names_of_subtests_hit, $show ? unpack('H*', look($status)) : '';
}

# SpamAssassin prints some values of metas.
open(my $out, '>&', \*STDOUT) or die "stdout: $!\n";
open(STDOUT, '>', '/dev/null') or die "stdout: $!\n";
$out->autoflush(1);
while (my $line = <STDIN>) {
	chomp $line;
	my ($id, @args) = split /\t/, $line;
	my $child = fork;
	die "fork: $!\n" unless defined $child;
	if (!$child) {
		my $said = eval { answer(@args) } // "dead: $@" =~ s/\s+/ /gr;
		print $out "$id\t$said\n";
		require POSIX;
		POSIX::_exit(0);
	}
	waitpid $child, 0;
}
