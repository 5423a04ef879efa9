#!/usr/bin/env python3
"""Tells systemd-oomd which cgroups to manage, as systemd does where it is process 1: its
half of io.systemd.ManagedOOM.SubscribeManagedOOMCGroups, which systemd-oomd asks for when
it starts and does nothing without. Ends when that goes.

    oomd_manager.py CGROUP PRESSURE_PERCENT SECONDS [CGROUP_TO_MANAGE_BY_SWAP]
"""
import json
import os
import socket
import sys

SOCKET = "/run/systemd/io.systemd.ManagedOOM"

cgroup, percent, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
cgroups = [{"mode": "kill", "path": cgroup, "property": "ManagedOOMMemoryPressure",
            "limit": percent * 0xffffffff // 100, "duration": seconds * 1000000}]
cgroups += [{"mode": "kill", "path": path, "property": "ManagedOOMSwap"} for path in sys.argv[4:]]
os.makedirs("/run/systemd/oom", exist_ok=True)
if os.path.exists(SOCKET):
    os.unlink(SOCKET)
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
    server.bind(SOCKET)
    server.listen()
    print("listening", flush=True)
    client, _ = server.accept()
with client:
    call = b""
    while not call.endswith(b"\0"):
        got = client.recv(4096)
        if not got:
            sys.exit("it went before it had asked")
        call += got
    method = json.loads(call[:-1])["method"]
    if method != "io.systemd.ManagedOOM.SubscribeManagedOOMCGroups":
        sys.exit(f"it asked for {method}")
    client.sendall(json.dumps({"parameters": {"cgroups": cgroups}, "continues": True}).encode() + b"\0")
    print("told", flush=True)
    client.recv(1)
