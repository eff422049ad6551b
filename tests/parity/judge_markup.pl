#!/usr/bin/perl
# judge_markup.pl: what Mail::SpamAssassin writes for pairs of rules and message, for test_markup.py.
# Each line on standard input names a .cf file and a message; for each it prints a line of three lengths,
# the rewritten message, the report, and the rewritten message with its markup taken off. Host name and date
# are fixed.
use strict;
use warnings;
use POSIX ();
use Mail::SpamAssassin;
no warnings 'redefine';
*Mail::SpamAssassin::Util::fq_hostname = sub { 'host.example' };
*Mail::SpamAssassin::Util::time_to_rfc822_date = sub { 'Mon, 01 Jan 2024 00:00:00 +0000' };
open my $out, '>&', \*STDOUT or die;   # SpamAssassin prints some things of its own
binmode $out;
open STDOUT, '>&', \*STDERR or die;
$out->autoflush(1);

sub contents {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}

sub answer {
    my ($cf, $path) = @_;
    my $sa = Mail::SpamAssassin->new({
        local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null',
        config_text => "loadplugin Mail::SpamAssassin::Plugin::Check\n" . contents($cf),
    });
    $sa->init(1);
    my $raw = contents($path);
    my $mail = $sa->parse($raw, 1);
    my $status = $sa->check($mail);
    my $message = $status->rewrite_mail;
    my $report = $status->get_report;
    my $marked = $sa->parse($message, 1);
    my $stripped = $sa->remove_spamassassin_markup($marked);
    for ($message, $report, $stripped) { utf8::encode($_) if utf8::is_utf8($_) }
    printf $out "%d %d %d\n%s%s%s", length $message, length $report, length $stripped, $message, $report, $stripped;
}

# In a process each: one configuration's rules stay behind when the next is read.
for my $line (<STDIN>) {
    chomp $line;
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        answer(split / /, $line);
        $out->flush;
        POSIX::_exit(0);
    }
    waitpid $child, 0;
    die "$line: failed\n" if $?;
}
