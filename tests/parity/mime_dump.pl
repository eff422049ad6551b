#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# The same facts as src/mime/mime_dump.c prints, from SpamAssassin's own reader.
use strict;
use warnings;
use Compress::Zlib ();
use Mail::SpamAssassin::Message;

sub esc {
	my ($s) = @_;
	return '-' unless defined $s;
	$s =~ s/([\x00-\x1f\x7f-\xff\\"])/sprintf '\\x%02x', ord $1/ge;
	return qq("$s");
}

sub sum { my ($s) = @_; return length($s) . ' ' . sprintf('%08x', Compress::Zlib::crc32($s)) }

sub dump_headers {
	my ($n) = @_;
	my %seen;
	for my $name (@{ $n->{header_order} }) {
		my $i = $seen{ lc $name }++;
		print 'H ', esc($name), ' ', esc($n->{headers}{ lc $name }[$i]), ' raw ',
		    sum($n->{raw_headers}{ lc $name }[$i]), "\n";
	}
}

for my $file (@ARGV) {
	open my $fh, '<:raw', $file or die "$file: $!";
	my $raw = do { local $/; <$fh> };
	$raw = '' unless defined $raw;
	my $m = Mail::SpamAssassin::Message->new({ message => $raw, parsenow => 1, normalize => 1 });
	my @all = $m->get_all_headers(0);
	my $open = grep { $_ } values %{ $m->{mime_boundary_state} };
	print "== $file\nflags";
	for (qw(missing_head_body_separator missing_mime_head_body_separator missing_mime_headers
		mime_epilogue_exists truncated_header mimepart_limit_exceeded)) {
		print " $_" if defined $m->{$_};
	}
	print ' open_boundary' if $open;
	print "\nmbox ", esc($m->{mbox_sep}), "\nhead ", sum($m->get_pristine_header()), "\nbody ",
	    sum($m->get_pristine_body()), "\nall ", sum($m->get_pristine()), "\n";
	print 'A ', sum($_), "\n" for @all;
	for my $p ($m->find_parts(qr/^/, 0)) {
		print 'P ', scalar(@{ $p->{body_parts} || [] }), ' ', esc($p->{type});
		if ($p->is_leaf()) {
			my $d = $p->decode();
			print ' ', esc($p->{charset}), ' ', esc($p->{name}), "\nD ", sum($d), "\n";
			if ($p->effective_type() =~ m{^text/}) {
				my $t = Mail::SpamAssassin::Message::Node::_normalize($d,
					$p->{charset} || 'us-ascii', 1);
				my $chars = utf8::is_utf8($t);
				utf8::encode($t) if $chars;
				print $chars ? 'T chars ' : 'T bytes ', sum($t), "\n";
			}
		} else {
			print "\n";
		}
		dump_headers($p);
	}
	$m->finish();
}
