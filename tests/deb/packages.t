#!/bin/sh
# Goal: the packages' papers fit the tree, a downgrade is refused in words, and lintian has nothing to say where the
# packages were built. All of it on a fresh system: `make deb-test`.
cd "$(dirname "$0")/../.." || exit 1
n=0
failed=0

# ok NAME WRONG: good where there is nothing wrong.
ok() {
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        echo "$2" | sed 's/^/# /'
        failed=1
    fi
}

# What is needed to build is what `make deps` installs, and debhelper.
needed=$(sed -n '/^Build-Depends:/,/^[A-Z]/p' debian/control | grep -oE '[a-z0-9-]+-dev|gettext|pkg-config' | sort -u)
ok "what a build needs is in packages.list" "$(for one in $needed; do grep -qx "$one" packages.list || echo "$one"; done)"
ok "each library that a program is linked with is needed to build" "$(grep -oE '^lib[a-z0-9-]+-dev' packages.list |
    grep -vE 'libc6|cmocka|clang' | while read -r one; do echo "$needed" | grep -qx "$one" || echo "$one"; done)"
ok "each unit is in one package" "$(for unit in service/*.service; do
    [ "$(grep -cE "/${unit#service/}( |\$)" debian/*.install | grep -c ':1$')" = 1 ] || echo "$unit"; done)"
ok "the packages have the programs' version" "$(version=$(sed -n 's/.*DABYL_VERSION "\(.*\)"/\1/p' lib/base/version.h)
    sed -n 1p debian/changelog | grep -qF "($version)" || echo "debian/changelog has another than $version")"

for package in hub node web; do
    said=$(DPKG_MAINTSCRIPT_PACKAGE=dabyl-$package sh debian/dabyl-$package.preinst upgrade 0.2.0 0.1.0 2>&1)
    code=$?
    ok "dabyl-$package: an older version is not installed over a newer one, in words" "$(
        [ $code != 0 ] && echo "$said" | grep -q 'version 0.2.0 is installed, and version 0.1.0 is older' || echo "exit $code: $said")"
    said=$(for words in "upgrade 0.1.0 0.2.0" "upgrade 0.1.0 0.1.0" "install 0.1.0 0.2.0" install; do
        # shellcheck disable=SC2086 # they are several
        sh debian/dabyl-$package.preinst $words 2>&1 || echo "$words: exit $?"
    done)
    ok "dabyl-$package: a newer one is, and the first" "$said"
done

if ! command -v lintian >/dev/null; then
    n=$((n + 1))
    echo "ok $n - lintian # SKIP there is none (packages-deb.list)"
elif ! ls build/deb/*.deb >/dev/null 2>&1; then
    n=$((n + 1))
    echo "ok $n - lintian # SKIP the packages are not built (make deb)"
elif [ "$(cat build/deb/.tree 2>/dev/null)" != "$(debian/build --tree)" ]; then
    n=$((n + 1))
    echo "ok $n - lintian # SKIP build/deb was built of another tree (make deb)"
else
    ok "lintian" "$(lintian --allow-root --fail-on error,warning build/deb/*.deb 2>&1)"
fi
echo "1..$n"
exit $failed
