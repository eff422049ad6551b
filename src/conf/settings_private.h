/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups of the table, each defined in a settings_*.c; for settings.c only. */
#pragma once

#include "conf/settings.h"

extern const struct setting_group setting_group_general;
extern const struct setting_group setting_group_local;
extern const struct setting_group setting_group_log;
extern const struct setting_group setting_group_dkim;
extern const struct setting_group setting_group_input;
extern const struct setting_group setting_group_output;
extern const struct setting_group setting_group_destiny;
extern const struct setting_group setting_group_quarantine;
extern const struct setting_group setting_group_notify;
extern const struct setting_group setting_group_modify;
extern const struct setting_group setting_group_decode;
extern const struct setting_group setting_group_lookup;
extern const struct setting_group setting_group_virus;
extern const struct setting_group setting_group_spam;
extern const struct setting_group setting_group_stores;
extern const struct setting_group setting_group_ccat;
extern const struct setting_group setting_group_banks;
extern const struct setting_group setting_group_programs;
extern const struct setting_group setting_group_postern;
