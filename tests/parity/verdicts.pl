#!/usr/bin/perl
# What Mail::SpamAssassin says of each message whose path comes on standard input, one line a message:
# path TAB score TAB rules TAB sub-rules, both sorted and joined by commas. Local tests only, no Bayes.
use strict;
use warnings;
use Mail::SpamAssassin;

my $engine = Mail::SpamAssassin->new({
	local_tests_only => 1,
	dont_copy_prefs => 1,
	userprefs_filename => '/dev/null',
	rules_filename => '/usr/share/spamassassin',
	site_rules_filename => '/etc/spamassassin',
	post_config_text => "use_bayes 0\nuse_auto_welcomelist 0\n",
});
$engine->init(1);
$| = 1;
while (my $path = <STDIN>) {
	chomp $path;
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
