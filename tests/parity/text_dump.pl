#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# The same facts as src/msg/text_dump.c prints, from SpamAssassin's own reader.
#	text_dump.pl TLD-FILE FILE...
use strict;
use warnings;
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;

sub esc {
	my ($s) = @_;
	$s =~ s/([\x00-\x1f\x7f-\xff\\"])/sprintf '\\x%02x', ord $1/ge;
	return qq("$s");
}

# Texts are shown as characters: bytes 80-ff of a plain one are Latin-1 to Perl.
sub text {
	my ($s) = @_;
	utf8::upgrade($s);
	utf8::encode($s);
	return esc($s);
}

sub html {
	my ($r) = @_;
	print "html part\n";
	return unless $r;
	for (qw(html length html_length non_space_len ratio image_area min_size max_size
		closed_extra_ratio bad_tag_ratio non_element_ratio obfuscation_ratio backhair_count embeds
		form_action_mailto font_face_bad font_low_contrast font_invalid_color uri_truncated)) {
		printf "html %s %.9g\n", $_, $r->{$_} if defined $r->{$_};
	}
	printf "html inside %s %d\n", text($_), $r->{inside}{$_} for sort keys %{ $r->{inside} || {} };
	for my $k (qw(comment script title anchor)) {
		print "$k ", text($_), "\n" for @{ $r->{$k} || [] };
	}
}

my $tlds = shift;
my $conf = do { local $/; open my $fh, '<', $tlds or die "$tlds: $!"; <$fh> };
my $sa = Mail::SpamAssassin->new({ config_text => $conf, local_tests_only => 1, dont_copy_prefs => 1,
	userprefs_filename => '/dev/null' });
$sa->init(0);
for my $file (@ARGV) {
	open my $fh, '<:raw', $file or die "$file: $!";
	my $raw = do { local $/; <$fh> };
	my $m = $sa->parse(defined $raw ? $raw : '');
	my $pms = Mail::SpamAssassin::PerMsgStatus->new($sa, $m);
	$m->extract_message_metadata($pms);
	print "== $file\n";
	print 'body ', esc($_), "\n" for @{ $m->get_rendered_body_text_array() };
	print 'visible ', esc($_), "\n" for @{ $m->get_visible_rendered_body_text_array() };
	print 'invisible ', esc($_), "\n" for @{ $m->get_invisible_rendered_body_text_array() };
	print 'rawbody ', esc($_), "\n" for @{ $m->get_decoded_body_text_array() };
	html($_) for @{ $m->{metadata}{html_all} || [] };
	my $list = $pms->get_uri_detail_list();
	for my $uri (sort keys %{ $list || {} }) {
		my $u = $list->{$uri};
		print 'uri ', text($uri), "\n";
		print " type $_\n" for sort keys %{ $u->{types} };
		print ' cleaned ', text($_), "\n" for sort @{ $u->{cleaned} || [] };
		print ' domain ', esc($_), "\n" for sort keys %{ $u->{domains} };
		print ' host ', esc($_), ' ', esc($u->{hosts}{$_}), "\n" for sort keys %{ $u->{hosts} };
		print ' anchor ', text($_), "\n" for @{ $u->{anchor_text} || [] };
	}
	$pms->finish();
	$m->finish();
}
