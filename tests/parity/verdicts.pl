#!/usr/bin/perl
# What Mail::SpamAssassin says of each message whose path comes on standard input, one line a message:
# path TAB score TAB rules TAB sub-rules, both sorted and joined by commas. Local tests only, no Bayes.
# Each message has a process of its own, with the rules compiled before: in one process, patterns made of a message
# (%{TAG}) keep what the first message gave them. --one-process: one for all.
use strict;
use warnings;
use Mail::SpamAssassin;
use POSIX ();

my $engine = Mail::SpamAssassin->new({
	local_tests_only => 1,
	dont_copy_prefs => 1,
	userprefs_filename => '/dev/null',
	rules_filename => '/usr/share/spamassassin',
	site_rules_filename => '/etc/spamassassin',
	post_config_text => "use_bayes 0\nuse_auto_welcomelist 0\n",
});
$engine->init(1);
$engine->compile_now(0, 0);
$| = 1;

my $one_process = @ARGV && $ARGV[0] eq '--one-process';

sub answer {
	my ($path) = @_;
	open(my $file, '<', $path) or die "$path: $!\n";
	my $text = do { local $/ = undef; <$file> };
	close($file);
	my $message = $engine->parse($text, 1);
	my $status = $engine->check($message);
	my @lists = map { join(',', sort grep { $_ ne '' } split(/,/, $_)) }
		($status->get_names_of_tests_hit, $status->get_names_of_subtests_hit);
	printf("%s\t%.3f\t%s\t%s\n", $path, $status->get_score, @lists);
	$status->finish;
	$message->finish;
}

while (my $path = <STDIN>) {
	chomp $path;
	if ($one_process) {
		answer($path);
		next;
	}
	my $child = fork() // die "fork: $!\n";
	if (!$child) {
		answer($path);
		POSIX::_exit(0);
	}
	waitpid($child, 0);
	die "$path: no answer\n" if $?;
}
