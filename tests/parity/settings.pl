#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# Every setting that the installed SpamAssassin understands, one name a line: those registered by
# Mail::SpamAssassin::Conf and by each of its plugins, and those that their manuals list. "privileges": those registered
# only, each with who may set it: user, rules (with allow_user_rules), admin (never a user).
use strict;
use warnings;
use Mail::SpamAssassin;
use Mail::SpamAssassin::Conf::Parser;

my ($lib) = $INC{'Mail/SpamAssassin.pm'} =~ /^(.*)\.pm$/;
my @plugins = grep { !/^(?:Test|P595Body)$/ } map { m{/(\w+)\.pm$} } glob "$lib/Plugin/*.pm";
my (%names, %privileges);
{
	no warnings 'redefine';
	my $register = \&Mail::SpamAssassin::Conf::Parser::register_commands;
	*Mail::SpamAssassin::Conf::Parser::register_commands = sub {
		my ($self, $commands) = @_;
		for my $command (@$commands) {
			$names{lc $_} = 1 for $command->{setting}, @{$command->{aliases} || []};
			$names{lc $command->{command}} = 1 if $command->{command};
			# the store of a list, not the name of a line
			delete $names{lc $command->{setting}} if $command->{command} && $command->{command} ne $command->{setting};
			$privileges{lc $_} = $command->{is_priv} ? 'rules' : $command->{is_admin} ? 'admin' : 'user'
				for grep { !/^=/ } $command->{command} || $command->{setting}, @{$command->{aliases} || []};
		}
		return $register->(@_);
	};
	local $SIG{__WARN__} = sub { };
	Mail::SpamAssassin->new({
		local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null',
		config_text => join('', map { "loadplugin Mail::SpamAssassin::Plugin::$_\n" } @plugins) . "body X /x/\n",
	})->init(0);
}
if (@ARGV && $ARGV[0] eq 'privileges') {
	delete $privileges{require_version};	# as below
	print map { "$_ $privileges{$_}\n" } sort keys %privileges;
	exit;
}
for my $file ("$lib/Conf.pm", map { "$lib/Plugin/$_.pm" } @plugins) {
	open(my $in, '<', $file) or die "$file: $!\n";
	while (my $line = <$in>) {
		$names{$1} = 1 if $line =~ /^=item ((?!(?:check|has)_|perl_version)[a-z]+(?:_[a-z0-9]+)+)(?:\s|$)/;
	}
}
# With a number that is not the version's own it ends the reading of a file.
delete $names{require_version};
print map { "$_\n" } sort keys %names;
