#!/bin/sh
# Prints analysis_version.h: a number of the sources it is given.
printf '/* Made by analysis_version.sh. */\n#pragma once\n\n#include <stdint.h>\n\n'
printf '#define ANALYSIS_VERSION UINT64_C(0x%s)\n' "$(cat "$@" | sha256sum | cut -c 1-16)"
