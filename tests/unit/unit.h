/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test starts with: cmocka, in the order it wants. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif /* UNIT_H */
