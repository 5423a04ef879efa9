/* SPDX-License-Identifier: GPL-2.0 */
/* What a cgroup is to people: a unit, a container, a pod. Pure: from the path alone. */
#ifndef OSTRACE_CGNAME_H
#define OSTRACE_CGNAME_H

#include <stddef.h>

/**
 * cgname - a short readable name for the last part of a cgroup's path
 * @path: below the mount point, "/" for the root
 *
 *	/system.slice/docker-3f2a…64 digits.scope	docker 3f2a91c0de12
 *	/kubepods.slice/…-podUID.slice			pod 6f6a7a1c
 *	…/cri-containerd-1b2c….scope			containerd 1b2c3d4e5f60
 *	/machine.slice/machine-web\x2d1.scope		machine web-1
 *	/user.slice/user-1000.slice			user 1000
 *	/system.slice/dev-disk\x2dby.service		dev-disk-by.service
 *
 * Container ids are cut to 12 digits and pod ids to 8, as docker, crictl and
 * kubectl people know them. What is not recognised keeps its name, unescaped as
 * systemd escapes (\xNN).
 */
void cgname(const char *path, char *out, size_t n);

#endif /* OSTRACE_CGNAME_H */
