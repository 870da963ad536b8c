# steps.sh - what quickstart, test and prove share. Sourced, not run; $top is the project's folder.

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "installing packages needs root or sudo; install these by hand:$missing"
	fi
}

# present PROBE: cmd:NAME a program, pc:NAME a pkg-config module, file:PATTERN, py:MODULE
present() {
	what=${1#*:}
	case $1 in
	cmd:*) command -v "$what" >/dev/null 2>&1 ;;
	pc:*) pkg-config --exists "$what" 2>/dev/null ;;
	py:*) python3 -c "import $what" >/dev/null 2>&1 ;;
	file:*)
		for f in $what; do
			[ -e "$f" ] && return 0
		done
		return 1
		;;
	esac
}

build_packages='
gcc                   cmd:gcc
libc6-dev             file:/usr/include/stdio.h
cmake                 cmd:cmake
ninja-build           cmd:ninja
pkg-config            cmd:pkg-config
libsqlite3-dev        pc:sqlite3
sqlite3               cmd:sqlite3
libcurl4-openssl-dev  pc:libcurl
libyajl-dev           pc:yajl
libexpat1-dev         pc:expat
libssl-dev            pc:libssl
zlib1g-dev            pc:zlib
libpcre2-dev          pc:libpcre2-8
libuv1-dev            pc:libuv
libyaml-dev           pc:yaml-0.1
libzip-dev            pc:libzip
ca-certificates       file:/etc/ssl/certs/ca-certificates.crt'

test_packages='
g++                   cmd:g++
clang-14              cmd:clang-14
clang-format-14       cmd:clang-format-14
clang-tidy-14         cmd:clang-tidy-14
libclang-rt-14-dev    file:/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a
libcmocka-dev         pc:cmocka
python3               cmd:python3
python3-venv          py:ensurepip'

browser_packages='
chromium              cmd:chromium
nodejs                cmd:node
npm                   cmd:npm'

# need_packages LIST: install what of it is missing, by the Debian name
need_packages() {
	missing=
	while read -r package probe; do
		[ -z "$package" ] || present "$probe" || missing="$missing $package"
	done <<-LIST
	$1
	LIST
	if [ -z "$missing" ]; then
		say "packages: all there"
		return
	fi
	command -v apt-get >/dev/null 2>&1 ||
		die "this system has no apt-get; install what provides these Debian packages:$missing"
	say "packages: installing$missing"
	as_root apt-get update -qq </dev/null || die "apt-get update failed; is there a network?"
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null ||
		die "apt-get install failed for:$missing"
}

# need_venv: build/venv with exactly what tests/requirements.txt says
need_venv() {
	venv=$top/build/venv
	if cmp -s "$top/tests/requirements.txt" "$venv/requirements.txt" &&
		"$venv/bin/python" -c 'import boto3, moto, pytest' 2>/dev/null; then
		say "python: build/venv is up to date"
		return
	fi
	say "python: making build/venv"
	rm -rf "$venv"
	python3 -m venv "$venv" </dev/null || die "could not make build/venv"
	"$venv/bin/pip" install -q --disable-pip-version-check --no-input \
		-r "$top/tests/requirements.txt" </dev/null ||
		die "pip could not install tests/requirements.txt into build/venv"
	cp "$top/tests/requirements.txt" "$venv/requirements.txt"
}

# need_browser: build/browser with exactly what tests/browser/package-lock.json says
need_browser() {
	browser=$top/build/browser
	if cmp -s "$top/tests/browser/package-lock.json" "$browser/package-lock.json" && [ -d "$browser/node_modules/axe-core" ]; then
		say "browser: build/browser is up to date"
		return
	fi
	say "browser: making build/browser"
	rm -rf "$browser"
	mkdir -p "$browser" && cp "$top/tests/browser/package.json" "$top/tests/browser/package-lock.json" "$browser/" &&
		(cd "$browser" && npm ci --no-audit --no-fund --loglevel=error --cache "$browser/.npm" </dev/null) ||
		die "npm could not install tests/browser/package-lock.json into build/browser"
	rm -rf "$browser/.npm"
}

# build PRESET: configure and build it, in the project's folder
build() {
	if command -v ccache >/dev/null 2>&1; then
		export CMAKE_C_COMPILER_LAUNCHER=ccache
	fi
	# A build folder made elsewhere or by another CMake refuses to be configured again.
	cmake --preset "$1" || cmake --fresh --preset "$1" || return 1
	cmake --build --preset "$1" -- --quiet
}
