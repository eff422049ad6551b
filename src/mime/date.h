/* SPDX-License-Identifier: BSD-2-Clause */
/* Date texts of mail headers to seconds, with SpamAssassin's leniencies and clamps. */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970 UTC; false where no date can be found. */
bool date_parse(struct str text, int64_t *ret);
