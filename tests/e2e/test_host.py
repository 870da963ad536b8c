# SPDX-License-Identifier: Apache-2.0
"""siltstone-host, run as the recorder runs it: a request in, JSON lines out."""

import json
from pathlib import Path
import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SILTSTONE_BUILD", TOP / "build" / "dev")).resolve()
HOST = BUILD / "bin" / "siltstone-host"
TYPES = [entry["type"] for entry in json.loads((TOP / "schema/catalogue/host.json").read_text())]


def ask(request, root=None, path=None):
    env = {k: v for k, v in os.environ.items() if k != "SILTSTONE_HOST_ROOT"}
    if root is not None:
        env["SILTSTONE_HOST_ROOT"] = str(root)
    if path is not None:
        env["PATH"] = f"{path}:{env['PATH']}"
    text = request if isinstance(request, str) else json.dumps(request)
    return subprocess.run([HOST], input=text.encode(), capture_output=True, env=env, timeout=60)


def listing(short, root=None, path=None):
    run = ask({"op": "list", "type": f"Siltstone::Host::{short}", "scope": {}}, root, path)
    assert run.returncode == 0, run.stderr
    assert run.stderr == b""
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[-1] == {"complete": True}
    assert all(set(line) == {"configuration", "tags"} for line in lines[:-1])
    return [line["configuration"] for line in lines[:-1]]


def one(short, root, **members):
    found = [c for c in listing(short, root) if all(c.get(k) == v for k, v in members.items())]
    assert len(found) == 1, found
    return found[0]


def put(root, path, text):
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def link(root, path, target):
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(target)


PASSWD = """\
root:x:0:0:root:/root:/bin/bash
# a remark
www:$6$salt$hash:33:33:Web, server:/var/www:/usr/sbin/nologin
broken:x:none:1::/:/bin/sh
"""

MOUNTINFO = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro,discard
40 27 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
39 27 0:37 / /sys/fs/cgroup rw - tmpfs tmpfs rw
41 27 0:50 / /run/user/1000 rw - tmpfs tmpfs rw,size=1k
42 27 8:17 /sub /mnt/my\\040disk ro,nosuid shared:7 master:1 - xfs /dev/sdb1 rw
43 27 0:51 / /net rw - cifs //filer/share rw,password=hunter2,username=joe
44 27 0:52 / /ftp rw - fuse curlftpfs#ftp://joe:hunter2@filer/ rw
45 27 0:53 / /var/lib/docker/overlay2/0123/merged rw - overlay overlay rw,lowerdir=/l/A:/l/B
46 27 8:18 / /mnt/twice rw - ext4 /dev/sdb2 rw
47 27 8:19 / /mnt/twice ro - ext4 /dev/sdb3 rw
"""

DPKG = """\
Package: bash
Essential: yes
Status: install ok installed
Priority: required
Section: shells
Architecture: amd64
Version: 5.2.15-2+b2
Depends: base-files (>= 2.1.12)
Conffiles:
 /etc/skel/.bashrc 1f98b8f3f3c8f8927eca945d59dcc1c6
 Version: not a field
Description: GNU Bourne Again SHell

Package: libc6
Status: hold ok installed
Architecture: i386
Source: glibc
Version: 2.36-9

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
"""

ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t7\t0\t00FFFFFF\t1400\t0\t0
*\t0000000A\t00000000\t0201\t0\t0\t0\t000000FF\t0\t0\t0
eth0\t0000000B\t00000000\t0000\t0\t0\t0\t000000FF\t0\t0\t0
"""

ROUTES6 = """\
fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000009 00000003     eth0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
"""

INET6 = """\
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
fd000000000000000000000000000002 04 40 00 82     eth0
fd000000000000000000000000000999 04 40 00 01     eth0
"""

TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 192.0.2.2
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
Local:
        |-- 192.0.2.2
           /32 host LOCAL
"""

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 1002 1 0 100 0 0 10 0
   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 1002 1 0 100 0 0 10 0
   3: 020200C0:0016 030200C0:D431 01 00000000:00000000 00:00000000 00000000     0        0 1003 1 0 100 0 0 10 0
"""

UDP = """\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
   1: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1004 2 0 0
   2: 00000000:C350 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1005 2 0 0
"""

TCP6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  4242        0 1006 1 0 100 0 0 10 0
"""


def put_network(root):
    for name, facts in {
        "eth0": {
            "address": "02:fc:00:00:00:01", "mtu": "1400", "operstate": "up", "flags": "0x1003",
            "speed": "1000", "duplex": "full", "type": "1", "tx_queue_len": "1000", "ifalias": "",
            "uevent": "INTERFACE=eth0\nIFINDEX=4", "carrier_changes": "9", "ifindex": "4",
        },
        "wg0": {"mtu": "1420", "operstate": "unknown", "flags": "0x91", "speed": "-1", "type": "65534",
                "uevent": "DEVTYPE=wireguard\nINTERFACE=wg0"},
    }.items():
        for file, text in facts.items():
            put(root, f"/sys/class/net/{name}/{file}", text + "\n")
    put(root, "/sys/class/net/bonding_masters", "\n")
    link(root, "/sys/class/net/eth0/master", "../../virtual/net/br0")
    put(root, "/proc/net/route", ROUTES)
    put(root, "/proc/net/ipv6_route", ROUTES6)
    put(root, "/proc/net/if_inet6", INET6)
    put(root, "/proc/net/fib_trie", TRIE)


def put_blocks(root):
    for path, facts in {
        "sda": {"size": "2048", "ro": "0", "removable": "0", "queue/rotational": "1",
                "queue/logical_block_size": "512", "queue/physical_block_size": "4096",
                "device/model": "ST1000", "device/vendor": "SEAGATE ", "stat": "1 2 3"},
        "sda/sda1": {"size": "1024", "ro": "1", "partition": "1", "start": "64"},
        "cciss!c0d0": {"size": "8", "ro": "0"},
        "dm-0": {"size": "16", "ro": "0", "dm/name": "vg-root", "slaves/sda1/size": "1024"},
        "loop0": {"size": "0", "ro": "0"},
    }.items():
        for file, text in facts.items():
            put(root, f"/sys/block/{path}/{file}", text + "\n")
    link(root, "/sys/dev/block/8:1", "../../block/sda/sda1")


def put_sockets(root):
    for file, text in {"tcp": TCP, "udp": UDP, "tcp6": TCP6}.items():
        put(root, f"/proc/net/{file}", text)
    put(root, "/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n")
    for pid, comm in {"12": "worker", "9": "nginx", "500": "sshd"}.items():
        put(root, f"/proc/{pid}/comm", comm + "\n")
    link(root, "/proc/9/fd/3", "socket:[1002]")
    link(root, "/proc/12/fd/3", "socket:[1002]")
    link(root, "/proc/500/fd/0", "/dev/null")
    link(root, "/proc/500/fd/4", "socket:[1001]")


def put_units(root):
    etc, lib = "/etc/systemd/system", "/lib/systemd/system"
    put(root, f"{lib}/cron.service", "[Unit]\nDescription=Regular jobs\n[Service]\nUser=www\n[Install]\nWantedBy=multi-user.target\n")
    put(root, f"{lib}/old.service", "[Unit]\nDescription=vendor's\n")
    put(root, f"{etc}/old.service", "[Unit]\n; Description=no\nDescription = ours\n[Install]\n")
    put(root, f"{lib}/getty@.service", "[Service]\nType=idle\n[Install]\n")
    put(root, f"{lib}/basic.target", "[Unit]\n")
    put(root, f"{lib}/README", "not a unit\n")
    put(root, f"{etc}/cron.service.d/limit.conf", "[Service]\nNice=5\n")
    link(root, f"{etc}/multi-user.target.wants/cron.service", f"{lib}/cron.service")
    link(root, f"{etc}/getty.target.requires/getty@tty1.service", f"{lib}/getty@.service")
    link(root, f"{etc}/masked.service", "/dev/null")
    link(root, f"{etc}/crond.service", f"{lib}/cron.service")


@pytest.fixture
def root(tmp_path):
    put(tmp_path, "/etc/passwd", PASSWD)
    put(tmp_path, "/etc/group", "root:x:0:\nwww:x:33:\nadm:x:4:root,www\nssl:x:5:www2,www\n")
    put(tmp_path, "/proc/self/mountinfo", MOUNTINFO)
    put(tmp_path, "/var/lib/dpkg/status", DPKG)
    put_network(tmp_path)
    put_blocks(tmp_path)
    put_sockets(tmp_path)
    put_units(tmp_path)
    return tmp_path


def test_an_interface_is_told_without_its_counters(root):
    assert one("NetworkInterface", root, name="eth0") == {
        "name": "eth0", "mac": "02:fc:00:00:00:01", "mtu": 1400, "operState": "up",
        "flags": ["UP", "BROADCAST", "MULTICAST"], "speedMbps": 1000, "duplex": "full",
        "type": "ethernet", "txQueueLength": 1000, "master": "br0",
    }


def test_what_an_interface_does_not_know_is_left_out(root):
    assert one("NetworkInterface", root, name="wg0") == {
        "name": "wg0", "mtu": 1420, "operState": "unknown", "flags": ["UP", "POINTOPOINT", "NOARP"],
        "type": "tunnel", "kind": "wireguard",
    }
    assert len(listing("NetworkInterface", root)) == 2


def test_addresses_carry_interface_and_prefix(root):
    assert [a["id"] for a in listing("Address", root)] == [
        "eth0/192.0.2.2/24", "eth0/fd00::2/64", "eth0/fe80::fc:ff:fe00:1/64", "lo/127.0.0.1/8", "lo/::1/128",
    ]
    assert one("Address", root, address="fe80::fc:ff:fe00:1") == {
        "id": "eth0/fe80::fc:ff:fe00:1/64", "interface": "eth0", "family": "ipv6",
        "address": "fe80::fc:ff:fe00:1", "prefixLength": 64, "scope": "link", "permanent": True,
    }


def test_privacy_addresses_are_left_out(root):
    assert "fd00::999" not in [a["address"] for a in listing("Address", root)]


def test_routes_that_somebody_set_are_told(root):
    assert [r["id"] for r in listing("Route", root)] == [
        "ipv4 10.0.0.0/8 dev * metric 0",
        "ipv4 192.0.2.0/24 dev eth0 metric 0",
        "ipv4 default via 192.0.2.1 dev eth0 metric 100",
        "ipv6 default via fd00::1 dev eth0 metric 1024",
        "ipv6 fd00::/64 dev eth0 metric 256",
    ]
    assert one("Route", root, destination="10.0.0.0/8")["type"] == "unreachable"
    assert one("Route", root, destination="192.0.2.0/24")["mtu"] == 1400


def test_a_host_without_ipv6_is_complete(root):
    for file in ("ipv6_route", "if_inet6", "tcp6"):
        (root / "proc/net" / file).unlink()
    assert {r["family"] for r in listing("Route", root)} == {"ipv4"}
    assert {a["family"] for a in listing("Address", root)} == {"ipv4"}
    assert {s["family"] for s in listing("Socket", root)} == {"ipv4"}


def test_disks_and_their_partitions(root):
    assert one("BlockDevice", root, name="sda") == {
        "name": "sda", "path": "/dev/sda", "kind": "disk", "sizeBytes": 1048576, "readOnly": False,
        "removable": False, "rotational": True, "logicalBlockBytes": 512, "physicalBlockBytes": 4096,
        "vendor": "SEAGATE", "model": "ST1000",
    }
    assert one("BlockDevice", root, name="sda1") == {
        "name": "sda1", "path": "/dev/sda1", "kind": "partition", "sizeBytes": 524288, "readOnly": True,
        "disk": "sda", "partitionNumber": 1, "startBytes": 32768,
    }


def test_mapped_and_oddly_named_devices(root):
    assert one("BlockDevice", root, name="dm-0")["slaves"] == ["sda1"]
    assert one("BlockDevice", root, name="dm-0")["mappedName"] == "vg-root"
    assert one("BlockDevice", root, name="cciss/c0d0")["path"] == "/dev/cciss/c0d0"
    assert "loop0" not in [b["name"] for b in listing("BlockDevice", root)]


def test_mounts_without_the_kernels_own(root):
    assert [m["mountPoint"] for m in listing("Mount", root)] == [
        "/", "/ftp", "/mnt/my disk", "/mnt/twice", "/net",
    ]
    assert one("Mount", root, mountPoint="/") == {
        "mountPoint": "/", "fsType": "ext4", "source": "/dev/root", "device": "sda1", "root": "/",
        "options": ["relatime", "rw"], "superOptions": ["discard", "errors=remount-ro", "rw"],
        "propagation": "shared",
    }


def test_of_two_mounts_in_one_place_the_upper_is_told(root):
    assert one("Mount", root, mountPoint="/mnt/twice")["source"] == "/dev/sdb3"


def test_passwords_of_mounts_do_not_leave_the_host(root):
    run = ask({"op": "list", "type": "Siltstone::Host::Mount"}, root)
    assert b"hunter2" not in run.stdout
    assert one("Mount", root, mountPoint="/net")["superOptions"] == ["password=<hidden>", "rw", "username=joe"]
    assert one("Mount", root, mountPoint="/ftp")["source"] == "curlftpfs#ftp://joe:<hidden>@filer/"


def test_the_layers_of_a_containers_root_are_left_out(root):
    put(root, "/proc/self/mountinfo", "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/l/A,upperdir=/u,workdir=/w\n")
    assert one("Mount", root, mountPoint="/")["superOptions"] == ["rw"]


def test_users_and_their_groups_but_never_a_hash(root):
    assert one("User", root, name="www") == {
        "name": "www", "uid": 33, "gid": 33, "comment": "Web, server", "home": "/var/www",
        "shell": "/usr/sbin/nologin", "groups": ["adm", "ssl"], "group": "www",
    }
    run = ask({"op": "list", "type": "Siltstone::Host::User"}, root)
    assert b"$6$" not in run.stdout
    assert [u["name"] for u in listing("User", root)] == ["root", "www"]


def test_installed_packages_of_each_architecture(root):
    assert [p["id"] for p in listing("Package", root)] == ["bash:amd64", "libc6:amd64", "libc6:i386"]
    assert one("Package", root, name="bash") == {
        "id": "bash:amd64", "name": "bash", "version": "5.2.15-2+b2", "architecture": "amd64",
        "status": "installed", "selection": "install", "section": "shells", "priority": "required",
        "essential": True,
    }
    assert one("Package", root, id="libc6:i386")["selection"] == "hold"


def test_a_host_without_dpkg_has_no_packages(root):
    (root / "var/lib/dpkg/status").unlink()
    assert listing("Package", root) == []


def test_unit_files_and_how_they_are_enabled(root):
    units = {u["name"]: u for u in listing("SystemdUnit", root)}
    assert {n: u["unitFileState"] for n, u in units.items()} == {
        "basic.target": "static", "cron.service": "enabled", "crond.service": "alias",
        "getty@.service": "enabled", "masked.service": "masked", "old.service": "disabled",
    }
    cron = units["cron.service"]
    assert len(cron.pop("sha256")) == 64
    assert cron == {
        "name": "cron.service", "path": "/lib/systemd/system/cron.service",
        "description": "Regular jobs", "user": "www", "wantedBy": ["multi-user.target"],
        "unitFileState": "enabled", "enabled": True, "dropIns": ["limit.conf"],
    }
    assert units["crond.service"]["aliasOf"] == "cron.service"
    assert units["getty@.service"]["wantedBy"] == ["getty.target"]


def test_the_administrators_unit_file_wins(root):
    old = one("SystemdUnit", root, name="old.service")
    assert (old["description"], old["path"]) == ("ours", "/etc/systemd/system/old.service")


SHOW = """#!/bin/sh
cat <<'END'
Id=cron.service
LoadState=loaded
ActiveState=active
FragmentPath=/lib/systemd/system/cron.service

ActiveState=failed
LoadState=loaded
FragmentPath=/lib/systemd/system/getty@.service
Id=getty@tty1.service

Id=session-4.scope
LoadState=loaded
ActiveState=active
FragmentPath=/run/systemd/transient/session-4.scope

Id=data.mount
LoadState=loaded
ActiveState=active
FragmentPath=/run/systemd/generator/data.mount
END
"""


def test_a_running_systemd_says_what_is_active(root, tmp_path_factory):
    bin = tmp_path_factory.mktemp("bin")
    put(bin, "systemctl", SHOW)
    (bin / "systemctl").chmod(0o755)
    (root / "run/systemd/system").mkdir(parents=True)
    units = {u["name"]: u for u in listing("SystemdUnit", root, bin)}
    assert units["cron.service"]["activeState"] == "active"
    assert units["old.service"]["activeState"] == "inactive"
    assert units["getty@tty1.service"]["activeState"] == "failed"
    assert units["data.mount"]["unitFileState"] == "generated"
    assert "activeState" not in units["getty@.service"]
    assert "session-4.scope" not in units


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\nkill -9 $$\n"])
def test_a_systemctl_that_fails_makes_no_listing(root, tmp_path_factory, script):
    bin = tmp_path_factory.mktemp("bin")
    put(bin, "systemctl", script)
    (bin / "systemctl").chmod(0o755)
    (root / "run/systemd/system").mkdir(parents=True)
    run = ask({"op": "list", "type": "Siltstone::Host::SystemdUnit"}, root, bin)
    assert run.returncode == 1
    assert b"systemctl show failed" in run.stderr
    assert run.stdout == b""


def test_listening_sockets_and_whose_they_are(root):
    assert [s["id"] for s in listing("Socket", root)] == [
        "tcp/0.0.0.0:22", "tcp/127.0.0.1:8080", "tcp/[::1]:80", "udp/0.0.0.0:68",
    ]
    assert one("Socket", root, port=22)["process"] == "sshd"
    assert one("Socket", root, port=8080) == {
        "id": "tcp/127.0.0.1:8080", "protocol": "tcp", "family": "ipv4", "address": "127.0.0.1",
        "port": 8080, "uid": 33, "user": "www", "process": "nginx",
    }
    assert "user" not in one("Socket", root, port=80)


@pytest.mark.parametrize("short,file", [
    ("NetworkInterface", "sys/class/net"), ("Address", "proc/net/fib_trie"), ("Route", "proc/net/route"),
    ("BlockDevice", "sys/block"), ("Mount", "proc/self/mountinfo"), ("User", "etc/passwd"),
    ("Socket", "proc/net/tcp"),
])
def test_an_unreadable_host_is_no_empty_host(root, short, file):
    (root / file).rename(root / "away")
    run = ask({"op": "list", "type": f"Siltstone::Host::{short}"}, root)
    assert run.returncode == 1
    assert b"complete" not in run.stdout
    assert run.stderr.startswith(b"siltstone-host: ") and file.encode() in run.stderr


def test_bytes_that_are_not_utf8_are_escaped(root):
    put(root, "/etc/passwd", b"joe:x:7:7:Andr\xe9:/home/joe:/bin/sh\n")
    assert one("User", root, name="joe")["comment"] == "Andr\\xe9"


@pytest.mark.parametrize("request_, message", [
    ("", b"siltstone-host: "),
    ("[]", b'unknown type ""'),
    ('{"op":"list","type":"Siltstone::Host::Moon"}', b'unknown type "Siltstone::Host::Moon"'),
    ('{"op":"put","type":"Siltstone::Host::User"}', b'unknown op "put"'),
    ('{"op":"get","type":"Siltstone::Host::User"}', b"needs an id"),
])
def test_a_request_that_makes_no_sense_is_refused(request_, message):
    run = ask(request_)
    assert run.returncode == 1
    assert run.stdout == b""
    assert message in run.stderr


@pytest.mark.parametrize("type_", TYPES)
def test_get_is_the_line_of_the_list(root, type_):
    path = {e["type"]: e["id"] for e in json.loads((TOP / "schema/catalogue/host.json").read_text())}[type_]
    lines = ask({"op": "list", "type": type_}, root).stdout.splitlines()[:-1]
    assert lines
    for line in lines:
        id = json.loads(line)["configuration"][path.removeprefix("$.")]
        assert ask({"op": "get", "type": type_, "id": id}, root).stdout.splitlines() == [line]
    gone = ask({"op": "get", "type": type_, "id": "no such thing"}, root)
    assert (gone.returncode, gone.stdout) == (0, b'{"gone":true}\n')


@pytest.mark.parametrize("type_", TYPES)
def test_this_machine_at_rest_lists_the_same_bytes(type_):
    runs = [ask({"op": "list", "type": type_})]
    # Others may start and stop things meanwhile; a volatile member would differ every time.
    while len(runs) < 8 and (len(runs) < 2 or runs[-1].stdout != runs[-2].stdout):
        runs.append(ask({"op": "list", "type": type_}))
    assert runs[-1].returncode == 0, runs[-1].stderr
    assert runs[-1].stdout.endswith(b'{"complete":true}\n')
    assert runs[-1].stdout == runs[-2].stdout


def test_this_machine_is_found(tmp_path):
    assert one("NetworkInterface", None, name="lo")["type"] == "loopback"
    assert one("Address", None, id="lo/127.0.0.1/8")["interface"] == "lo"
    assert one("User", None, name="root")["uid"] == 0
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    if any(m[4] == "/" for m in mounts):  # a changed root has none
        assert one("Mount", None, mountPoint="/")["fsType"]


def test_every_relation_leads_somewhere_on_this_tree(root):
    entries = json.loads((TOP / "schema/catalogue/host.json").read_text())
    for entry in entries:
        members = set().union(*(c for c in listing(entry["type"].rsplit(":", 1)[1], root)))
        for relation in entry["relations"]:
            assert relation["name"].endswith(" ")
            assert relation["to"] in TYPES
            assert relation["path"].removeprefix("$.").removesuffix("[*]") in members, relation
        for key in ("id", "name"):
            assert entry[key].removeprefix("$.") in members
