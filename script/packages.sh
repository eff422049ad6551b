# Sourced by the other scripts: which Debian packages are needed for what, and how they are had.
# One list a purpose; REASON is printed to a user who is not root.

packages_build="gcc libc6-dev pkg-config meson ninja-build libevent-dev libunbound-dev libpcre2-dev libicu-dev \
libseccomp-dev libmaxminddb-dev libminizip-dev libjansson-dev libidn2-dev libssl-dev libarchive-dev libcmocka-dev"
packages_run="ca-certificates dns-root-data"
packages_test="clang llvm libclang-rt-14-dev clang-format clang-tidy python3 python3-pytest postfix clamav-daemon clamdscan clamav-testfiles \
unbound swaks iproute2 perl procps"
packages_judge="spamassassin libmail-dkim-perl libmail-spf-perl libarchive-zip-perl libio-string-perl libnet-libidn-perl libmaxmind-db-reader-perl razor pyzor \
amavisd-new logwatch"

packages_bench="spamassassin rspamd postfix python3 perl procps"

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

missing_packages() {
	for p in "$@"; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$p"
	done
}

# need_packages PURPOSE PACKAGE...: installs what is missing, or says what to install.
need_packages() {
	purpose=$1
	shift
	missing=$(missing_packages "$@")
	[ -z "$missing" ] && return 0
	if [ "$(id -u)" != 0 ]; then
		say "To $purpose, these Debian packages are missing. Ask root for:"
		say "    apt-get install --no-install-recommends $missing"
		exit 1
	fi
	say "installing: $missing"
	export DEBIAN_FRONTEND=noninteractive
	# Services that packages bring stay off: the tests start their own, on their own ports.
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
		chmod 755 /usr/sbin/policy-rc.d
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	case " $missing " in
	*" postfix "*) echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections ;;
	esac
	apt_quiet update || say "apt-get update failed; trying with the package lists at hand"
	# shellcheck disable=SC2086 # a list
	apt_quiet install -y --no-install-recommends $missing || die "apt-get could not install: $missing"
}

apt_quiet() {
	log=$(mktemp)
	if apt-get "$@" >"$log" 2>&1; then
		rm -f "$log"
		return 0
	fi
	cat "$log" >&2
	rm -f "$log"
	return 1
}
