// SPDX-License-Identifier: GPL-2.0
/* The same steps, made by a 32-bit program. */
#include "calls.c"
