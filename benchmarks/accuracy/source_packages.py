"""From which source package a distribution builds a package: what a scan reads from the package database.

Distributions' advisories name sources, and labels name binaries.  The table holds base images' packages, with every
source that built them in one release or another; a release has data about one of them only.
"""

from __future__ import annotations

import re

_DEB = {
    "acl": "libacl1",
    "apt": "libapt-pkg[0-9.]+ apt-transport-https libapt-inst[0-9.]+ apt-utils",
    "attr": "libattr1",
    "audit": "libaudit1 libaudit-common libaudit0",
    "avahi": "libavahi-.*",
    "binutils": "libbinutils libctf.* binutils-.*",
    "busybox": "busybox-.*",
    "bzip2": "libbz2-.*",
    "cairo": "libcairo.*",
    "cryptsetup": "libcryptsetup.*",
    "cups": "libcups.* cups-.*",
    "curl": "libcurl.*",
    "cyrus-sasl2": "libsasl2-.*",
    "db5.3": "libdb5.3",
    "db5.1": "libdb5.1",
    "dbus": "libdbus-1-3 dbus-.*",
    "dpkg": "dpkg-dev libdpkg-perl",
    "e2fsprogs": "e2fslibs libcom-err2 libcomerr2 libext2fs2 libss2 logsave",
    "eglibc": "libc6 libc-bin libc6-dev libc-dev-bin multiarch-support locales nscd",
    "elfutils": "libelf1 libdw1 libasm1",
    "expat": "libexpat1.*",
    "file": "libmagic.*",
    "fontconfig": "libfontconfig1 fontconfig-config",
    "freetype": "libfreetype6.*",
    "gdbm": "libgdbm.*",
    "glib2.0": "libglib2.0-.*",
    "glibc": "libc6 libc-bin libc6-dev libc-dev-bin multiarch-support locales nscd libc-l10n libc6-.*",
    "gmp": "libgmp.*",
    "gnupg": "gpgv",
    "gnupg2": "gpgv gnupg dirmngr gpg gpg-agent gpgconf gpgsm gnupg-.* gpg-wks-.*",
    "gnutls26": "libgnutls26 libgnutls-openssl27",
    "gnutls28": "libgnutls30 libgnutls-deb0-28 libgnutlsxx28 libgnutls-openssl27",
    "graphite2": "libgraphite2-3",
    "harfbuzz": "libharfbuzz.*",
    "heimdal": "lib.*-heimdal",
    "icu": "libicu.*",
    "inetutils": "inetutils-.*",
    "isc-dhcp": "isc-dhcp-.*",
    "jansson": "libjansson4",
    "krb5": "libkrb5.* libgssapi-krb5-2 libk5crypto3 libgssrpc4 krb5-.* libkadm.*",
    "lcms2": "liblcms2-2",
    "libcap2": "libcap2-bin libpam-cap",
    "libffi": "libffi[0-9]+",
    "libgcrypt11": "libgcrypt11",
    "libgcrypt20": "libgcrypt20.*",
    "libgpg-error": "libgpg-error0",
    "libidn": "libidn11 libidn12",
    "libidn2": "libidn2-0",
    "libidn2-0": "libidn2-0",
    "libjpeg-turbo": "libjpeg62-turbo.* libjpeg-turbo8 libturbojpeg0",
    "libpng": "libpng12-0",
    "libpng1.6": "libpng16-16.*",
    "libseccomp": "libseccomp2",
    "libselinux": "libselinux1",
    "libsemanage": "libsemanage.*",
    "libsepol": "libsepol[0-9]+",
    "libsndfile": "libsndfile1",
    "libssh": "libssh-.*",
    "libssh2": "libssh2-1",
    "libtasn1-3": "libtasn1-3",
    "libtasn1-6": "libtasn1-6",
    "libtirpc": "libtirpc.*",
    "libwebp": "libwebp.*",
    "libx11": "libx11-.*",
    "libxml2": "libxml2-.*",
    "libxslt": "libxslt1.* libxslt1-dev",
    "lvm2": "dmsetup libdevmapper.*",
    "lz4": "liblz4-1",
    "mysql-5.5": "libmysqlclient18 mysql-common",
    "ncurses": "libncurses.* libtinfo.* ncurses-.*",
    "nettle": "libnettle.* libhogweed.*",
    "nghttp2": "libnghttp2-14",
    "nspr": "libnspr4",
    "nss": "libnss3.*",
    "ntp": "ntpdate",
    "openldap": "libldap-.* libldap2.*",
    "openssh": "openssh-.*",
    "openssl": "libssl.*",
    "p11-kit": "libp11-kit0 p11-kit-modules",
    "pam": "libpam-.* libpam0g.*",
    "pcre2": "libpcre2-.*",
    "pcre3": "libpcre3.* libpcre16-3 libpcre32-3 libpcrecpp0.*",
    "perl": "perl-base perl-modules.* libperl.*",
    "pixman": "libpixman-1-0",
    "postgresql-13": "libpq5",
    "procps": "libprocps.* libproc2-0",
    "python2.7": "libpython2.7.* python2.7-.*",
    "python3.2": "python3.2-minimal libpython3.2.*",
    "python3.9": "libpython3.9.* python3.9-.*",
    "python3.11": "libpython3.11.* python3.11-.*",
    "readline": "readline-common libreadline8",
    "readline6": "readline-common libreadline6",
    "rtmpdump": "librtmp1",
    "shadow": "login passwd uidmap",
    "sqlite3": "libsqlite3-0",
    "systemd": "libsystemd.* libudev1 udev systemd-.* libpam-systemd libnss-.*",
    "systemd-udev": "udev",
    "tiff": "libtiff.*",
    "unbound": "libunbound8",
    "util-linux": "bsdutils libblkid1 libfdisk1 libmount1 libsmartcols1 libuuid1 mount uuid-runtime fdisk eject rfkill",
    "xz-utils": "liblzma5",
    "zlib": "zlib1g.*",
}
_APK = {
    "busybox": "ssl_client busybox-.*",
    "brotli": "brotli-libs",
    "curl": "libcurl.*",
    "expat": "libexpat",
    "freetype": "freetype-dev",
    "git": "git-.*",
    "glibc": "ld-linux glibc-.* libcrypt1 nss-.*",
    "gmp": "libgmpxx gmp-dev",
    "krb5": "krb5-.*",
    "libcap": "libcap2 libcap-.*",
    "libssh2": "libssh2-.*",
    "libxml2": "libxml2-.*",
    "mariadb": "mariadb-.*",
    "musl": "musl-.*",
    "ncurses": "ncurses-.*",
    "nghttp2": "nghttp2-libs nghttp2-dev",
    "nodejs": "npm nodejs-.*",
    "openssl": "libcrypto.* libssl.* openssl-dev",
    "openssl3": "libcrypto3 libssl3",
    "pcre2": "pcre2-.* libpcre2-.*",
    "perl": "perl-.*",
    "python2": "python2-.*",
    "python3": "python3-.*",
    "ruby": "ruby-.*",
    "sqlite": "sqlite-libs sqlite-dev",
    "tiff": "tiff-.*",
    "vim": "vim-.* xxd",
    "xz": "xz-libs liblzma",
    "zlib": "zlib-dev",
}
_COMPILER = re.compile(r"gcc-([0-9.]+)-base|cpp-([0-9.]+)|g\+\+-([0-9.]+)")
_BINARY_ONLY_UPLOAD = re.compile(r"\+b\d+$")
_RULES = {
    kind: tuple((source, re.compile("|".join(names.split()))) for source, names in table.items())
    for kind, table in (("deb", _DEB), ("apk", _APK))
}


def sources_of(kind: str, name: str) -> tuple[str, ...]:
    """Return the sources that build the package ``name`` of type ``deb``, ``apk`` or ``rpm``, itself the last."""
    found = [source for source, names in _RULES.get(kind, ()) if names.fullmatch(name)]
    compiler = _COMPILER.fullmatch(name) if kind == "deb" else None
    if compiler:
        found.append(f"gcc-{next(group for group in compiler.groups() if group)}")
    return tuple(dict.fromkeys((*found, name)))


def source_version(kind: str, version: str) -> str:
    """Return the version of the source: Debian's ``+b1`` says that the binary alone was built again."""
    return _BINARY_ONLY_UPLOAD.sub("", version) if kind == "deb" else version
