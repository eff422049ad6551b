#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# The same facts as src/msg/get_dump.c prints, from SpamAssassin itself. get_dump.pl SPEC-FILE CF-FILE FILE...
use strict;
use warnings;
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;

sub esc {
	my ($s) = @_;
	$s =~ s/([\x00-\x1f\x7f-\xff\\"])/sprintf '\\x%02x', ord $1/ge;
	return qq("$s");
}

my ($specfile, $cf, @files) = @ARGV;
open my $sf, '<', $specfile or die;
my @specs = grep { length } map { chomp; $_ } <$sf>;
open my $cfh, '<', $cf or die;
my $config = do { local $/; <$cfh> };
my $sa = Mail::SpamAssassin->new({ config_text => $config, local_tests_only => 1, dont_copy_prefs => 1 });
$sa->init(0);

for my $file (@files) {
	open my $fh, '<:raw', $file or die "$file: $!";
	my $raw = do { local $/; <$fh> };
	my $m = $sa->parse($raw, 1);
	my $pms = Mail::SpamAssassin::PerMsgStatus->new($sa, $m);
	$m->{metadata}->parse_received_headers($pms, $m);
	for (qw(relays_trusted relays_trusted_str relays_untrusted relays_untrusted_str relays_internal
		relays_internal_str relays_external relays_external_str num_relays_unparseable
		last_trusted_relay_index last_internal_relay_index)) {
		$pms->{$_} = $m->{metadata}{$_};
	}
	print "== $file\n";
	for my $list (qw(trusted untrusted internal external)) {
		print "$list ", esc($pms->{"relays_${list}_str"});
		print ' ', join('', map { $_ ? 1 : 0 } @$_{qw(ip_private no_reverse_dns rdns_not_in_headers)})
		    for @{ $pms->{"relays_$list"} };
		print "\n";
	}
	print "unparseable $pms->{num_relays_unparseable} last $pms->{last_trusted_relay_index} ",
	    "$pms->{last_internal_relay_index}\n";
	for my $spec (@specs) {
		print "$spec ", esc($_), "\n" for $pms->get($spec);
	}
	$pms->finish();
	$m->finish();
}
