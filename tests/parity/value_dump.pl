#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# The same facts as src/mime/value_dump.c prints, from SpamAssassin itself.
use strict;
use warnings;
use Mail::SpamAssassin::Message;
use Mail::SpamAssassin::Message::Metadata;
use Mail::SpamAssassin::Message::Node;
use Mail::SpamAssassin::Util;
$SIG{__WARN__} = sub { };

sub put {
	my ($s) = @_;
	print defined $s ? ' =' . unpack('H*', $s) : ' -';
}

my %do = (
	charset => sub {
		my ($want, $insist, $declared, $bytes) = @_;
		my $t = Mail::SpamAssassin::Message::Node::_normalize($bytes, $declared, ord $want,
			ord $insist);
		my $chars = utf8::is_utf8($t);
		utf8::encode($t) if $chars;
		print ' ', $chars ? 1 : 0;
		put($t);
	},
	header => sub { put(Mail::SpamAssassin::Message::Node::_decode_header($_[1], $_[0])) },
	type => sub {
		my @t = Mail::SpamAssassin::Util::parse_content_type($_[0]);
		put($_) for @t[0 .. 3];
		print ' ', $t[4] ? 1 : 0;
	},
	date => sub {
		my $t = Mail::SpamAssassin::Util::parse_rfc822_date($_[0]);
		print " $t" if defined $t;
	},
	received => sub {
		my $m = bless {}, 'Mail::SpamAssassin::Message::Metadata';
		$m->{allow_mailfetch_markers} = 1;
		my $r = $m->parse_received_line($_[0]);
		if (!$r) {
			print defined $r ? ' ignored' : ' unparseable';
			return;
		}
		put($r->{as_string});
		print ' ', map { $_ ? 1 : 0 } @$r{qw(ip_private no_reverse_dns rdns_not_in_headers)};
	},
	address => sub {
		for my $r (Mail::SpamAssassin::Util::parse_header_addresses($_[0])) {
			put($r->{phrase});
			put($r->{address});
		}
	},
	qp => sub { put(Mail::SpamAssassin::Util::qp_decode($_[0])) },
	base64 => sub { put(Mail::SpamAssassin::Util::base64_decode($_[0])) },
);

while (<STDIN>) {
	chomp;
	my ($kind, @fields) = split / /, $_, -1;
	next unless $kind;
	print $kind;
	$do{$kind}->(map { pack 'H*', $_ } @fields);
	print "\n";
}
