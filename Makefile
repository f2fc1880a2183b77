# Dabyl: `make help` lists the targets.

ifeq ($(origin CC),default)
CC       := gcc
endif
PREFIX   ?= /usr/local
BUILD    ?= build
PYTHON   ?= /usr/bin/python3

# V=1 shows whole commands.
say       = $(if $(V),,@echo "  $(1)";)

PACKAGES := libzmq libsodium libcrypto libconfig libpcre2-8
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes -Wvla
# Release flags follow the OpenSSF compiler hardening guide.
HARDEN   := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
            -fcf-protection=full -ftrivial-auto-var-init=zero
ASAN     := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CPPFLAGS := -I. -D_GNU_SOURCE -DOPENSSL_API_COMPAT=0x10101000L \
            $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS   += -std=c11 -g -pthread -fPIE $(WARNINGS)
LDFLAGS  += -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack
LDLIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
# What only the nodes' side uses; the hub is linked without it.
NODELIBS := $(shell pkg-config --libs libczmq jansson 2>/dev/null) -Wl,--as-needed $(shell pkg-config --libs sqlite3 2>/dev/null)
# What only the console uses; of the tests those that need it.
WEBLIBS  := -Wl,--as-needed $(shell pkg-config --libs libmicrohttpd gnutls 2>/dev/null)
# What only the benchmark uses: others speak TLS.
TLSLIBS  := $(shell pkg-config --libs libssl 2>/dev/null)

PROGRAMS := dabyl-hub dabyl-node dabyl dabyl-web
MAINS    := hub/main.c nodes/dabyl-node.c nodes/dabyl.c web/dabyl-web.c
EXAMPLES := $(wildcard nodes/examples/*.c)
SOURCES  := $(filter-out $(MAINS) $(EXAMPLES),$(wildcard lib/*/*.c hub/*.c hub/*/*.c nodes/*/*.c certs/*.c certs/*/*.c web/*.c web/*/*.c))
TESTS    := $(wildcard tests/unit/*/*.c tests/unit/*/*/*.c)
UNITS    := $(basename $(notdir $(TESTS)))
TOOLS    := $(patsubst tests/tools/%.c,%,$(wildcard tests/tools/*.c))
LOADER   := $(wildcard tests/bench/load/*.c)
# Other systems under load, a hub that only packs, and the floor; what their loads share.
COMMON   := $(addprefix tests/bench/peers/,histogram.c load.c message.c party.c report.c spent.c tally.c)
PACKED   := $(addprefix tests/bench/peers/,packed.c packed_hub.c)
PEER     := $(filter-out %/packed_hub.c,$(wildcard tests/bench/peers/*.c))
FLOOR    := $(wildcard tests/bench/floor/*.c) $(COMMON)
BENCHES  := load peers packed_hub floor
SHIMS    := $(patsubst tests/shims/%.c,%,$(wildcard tests/shims/*.c))
LANGUAGES := $(patsubst po/%.po,%,$(wildcard po/*.po))
# What reads bytes from outside, without a daemon around it: the fuzzers are built sooner.
FUZZED   := $(filter lib/% certs/% web/http/target.c,$(SOURCES))
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

COMMA     := ,

.DEFAULT_GOAL := all
.PHONY: all programs staged deb deb-test world demo console pictures browser monitoring trial check upgrade test unit scenario sim crash sequences fuzz fuzzers manuals bench bench-consoles bench-growth bench-plot drill guard lint po deps install clean help

# $(1): folder below $(BUILD); $(2): flags of this build; $(3): what its library is made of.
define mode
$(BUILD)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(call say,cc $$<)$$(CC) $$(CPPFLAGS) $$(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(BUILD)/$(1)/libdabyl.a: $(patsubst %.c,$(BUILD)/$(1)/%.o,$(3))
	@rm -f $$@
	$$(call say,ar $$@)ar qcs $$@ $$^
$(BUILD)/$(1)/dabyl-hub: $(BUILD)/$(1)/hub/main.o
$(BUILD)/$(1)/dabyl-node: $(BUILD)/$(1)/nodes/dabyl-node.o
$(BUILD)/$(1)/dabyl: $(BUILD)/$(1)/nodes/dabyl.o
$(BUILD)/$(1)/dabyl-web: $(BUILD)/$(1)/web/dabyl-web.o
$(BUILD)/$(1)/dabyl-web: NEEDS := $(NODELIBS) $(WEBLIBS)
$(BUILD)/$(1)/dabyl-node $(BUILD)/$(1)/dabyl: NEEDS := $(NODELIBS)
$(PROGRAMS:%=$(BUILD)/$(1)/%): $(BUILD)/$(1)/libdabyl.a
	$$(call say,ld $$@)$$(CC) $$(CFLAGS) $(2) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) $$(LDLIBS) $$(NEEDS)
$(foreach t,$(TESTS:.c=),$(eval $(BUILD)/$(1)/unit/$(notdir $(t)): $(BUILD)/$(1)/$(t).o))
$(UNITS:%=$(BUILD)/$(1)/unit/%): $(BUILD)/$(1)/libdabyl.a
	@mkdir -p $$(@D)
	$$(call say,ld $$@)$$(CC) $$(CFLAGS) $(2) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) $$(LDLIBS) $(NODELIBS) $(WEBLIBS) -lcmocka
$(BUILD)/$(1)/client: nodes/examples/client.c
	@mkdir -p $$(@D)
	$$(call say,cc $$<)$$(CC) $$(CFLAGS) -D_GNU_SOURCE $(2) $$(LDFLAGS) -o $$@ $$< \
		$$$$(pkg-config --cflags --libs libczmq libsodium libcrypto jansson)
$(BUILD)/$(1)/tools/%: $(BUILD)/$(1)/tests/tools/%.o $(BUILD)/$(1)/libdabyl.a
	@mkdir -p $$(@D)
	$$(call say,ld $$@)$$(CC) $$(CFLAGS) $(2) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) $$(LDLIBS) $(NODELIBS)
$(BUILD)/$(1)/bench/load: $(LOADER:%.c=$(BUILD)/$(1)/%.o)
$(BUILD)/$(1)/bench/peers: $(PEER:%.c=$(BUILD)/$(1)/%.o)
$(BUILD)/$(1)/bench/packed_hub: $(PACKED:%.c=$(BUILD)/$(1)/%.o)
$(BUILD)/$(1)/bench/floor: $(FLOOR:%.c=$(BUILD)/$(1)/%.o)
$(BENCHES:%=$(BUILD)/$(1)/bench/%): $(BUILD)/$(1)/libdabyl.a
	@mkdir -p $$(@D)
	$$(call say,ld $$@)$$(CC) $$(CFLAGS) $(2) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) $$(LDLIBS) $(NODELIBS) $(TLSLIBS)
$(BUILD)/$(1)/tools/forgetful_hub: $(BUILD)/$(1)/hub/main.o
$(BUILD)/$(1)/tools/forgetful_hub: LDFLAGS += -Wl,--wrap=writer_text
$(BUILD)/$(1)/tools/careless_hub: $(BUILD)/$(1)/hub/main.o
$(BUILD)/$(1)/tools/careless_hub: LDFLAGS += -Wl,--wrap=document_fits
$(BUILD)/$(1)/shims/%.so: tests/shims/%.c
	@mkdir -p $$(@D)
	$$(call say,cc $$<)$$(CC) $$(CPPFLAGS) $$(CFLAGS) -fPIC -shared -o $$@ $$< -ldl
$(BUILD)/$(1)/locale/%/LC_MESSAGES/dabyl.mo: po/%.po
	@mkdir -p $$(@D)
	$$(call say,msgfmt $$<)msgfmt -c -o $$@ $$<
$(BUILD)/$(1)/dabyl $(UNITS:%=$(BUILD)/$(1)/unit/%): | $(LANGUAGES:%=$(BUILD)/$(1)/locale/%/LC_MESSAGES/dabyl.mo)
$(BUILD)/$(1)/.all: $(PROGRAMS:%=$(BUILD)/$(1)/%) $(BUILD)/$(1)/client $(TOOLS:%=$(BUILD)/$(1)/tools/%) \
		$(BENCHES:%=$(BUILD)/$(1)/bench/%) $(SHIMS:%=$(BUILD)/$(1)/shims/%.so)
	@touch $$@
-include $(SOURCES:%.c=$(BUILD)/$(1)/%.d) $(MAINS:%.c=$(BUILD)/$(1)/%.d) \
	$(TESTS:%.c=$(BUILD)/$(1)/%.d) $(TOOLS:%=$(BUILD)/$(1)/tests/tools/%.d) \
	$(patsubst %.c,$(BUILD)/$(1)/%.d,$(LOADER) $(PEER) $(PACKED) $(FLOOR)) $(FUZZERS:%=$(BUILD)/$(1)/tests/fuzz/%.d)
endef
$(eval $(call mode,release,$(HARDEN),$(SOURCES)))
# The sanitizers' libraries linked in: a program starts sooner, and this is most of what many do.
# Of binutils' linkers the quicker one: there are some three hundred programs to link.
$(eval $(call mode,asan,$(ASAN) -static-libasan -static-libubsan -fuse-ld=gold,$(SOURCES)))
$(BUILD)/fuzz/%: CC := clang
$(eval $(call mode,fuzz,$(ASAN) -fsanitize=fuzzer-no-link,$(FUZZED)))
$(FUZZERS:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%.o $(BUILD)/fuzz/libdabyl.a
	$(CC) $(CFLAGS) $(ASAN) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS) $(NODELIBS)
# Hub and nodes in one process, where a simulator says what time it is, what is on the disks and what arrives: that
# it brings itself, as it does the calls of the system that `wrapped.list` names; all else is the release's library.
SIM      := $(wildcard tests/sim/*.c)
-include $(SIM:%.c=$(BUILD)/release/%.d)
$(BUILD)/sim: $(SIM:%.c=$(BUILD)/release/%.o) $(BUILD)/release/libdabyl.a tests/sim/wrapped.list
	$(call say,ld $@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) \
		$(patsubst %,-Wl$(COMMA)--wrap=%,$(shell cat tests/sim/wrapped.list)) $(LDLIBS) $(NODELIBS)
# What the fuzzers start from.
$(BUILD)/seeds: $(BUILD)/asan/tools/seeds $(wildcard schemas/examples/*.json)
	@rm -rf $@
	@mkdir -p $@/document $@/value
	@cp schemas/examples/*.json $@/document
	@cp schemas/examples/*.json $@/value
	@$< $@
.SECONDARY:

all: deps ## build the programs into build/release
	@$(MAKE) -s --no-print-directory -j2 $(PROGRAMS:%=$(BUILD)/release/%)

deps: ## install the Debian packages of packages.list that are missing
	@tests/lib/deps packages.list

# `make scenario ONLY=route_level` and `make unit ONLY=test_merkle` run one alone, ROOM=law the
# scenarios of one folder.
ONLY       ?= %
ROOM       ?= *
INCIDENTS  ?=
ADVISORIES ?=
SCENARIOS  := $(wildcard tests/scenario/$(ROOM)/*.py)
UNIT_RUNS   = $(patsubst %,$(BUILD)/asan/unit/%,$(filter $(ONLY),$(UNITS)))
# Many tests wait for a process more than they reckon: one more than there are processors.
JOBS       ?= $(shell echo $$(($$(nproc) + 1)))
# A test that hangs fails after half an hour instead of holding up the rest.
PROVE       = MODE=asan prove --exec 'timeout 1800' --merge --timer --failures --comments -j$(JOBS)
# What takes longest begins first, and what is over at once comes last: no processor is idle at the end.
LONG       := tests/check/test_hub.py tests/fuzz/short.t tests/sequences/sequences.py \
              tests/browser/hour.t tests/check/test_check.py tests/schema/agreement.py tests/trial/test_trial.py \
              tests/crash/crash.py

browser: ## install the packages of packages-browser.list that are missing
	@tests/lib/deps packages-browser.list || echo "there is no browser: what tests/browser says is skipped"

monitoring: ## install the packages of packages-monitoring.list that are missing
	@tests/lib/deps packages-monitoring.list || echo "there is no promtool: what asks it is skipped"

test: deps browser monitoring ## run every test but the long ones, with sanitizers
	@$(MAKE) -s --no-print-directory -j2 $(BUILD)/asan/.all $(UNIT_RUNS) $(BUILD)/release/tools/guard $(BUILD)/sim
	@$(PROVE) $(LONG) $(SCENARIOS) $(filter-out $(LONG),$(wildcard tests/*/*.t)) $(UNIT_RUNS)

unit: ## run the unit tests
	@$(MAKE) -s --no-print-directory -j2 $(UNIT_RUNS)
	@$(PROVE) $(UNIT_RUNS)

scenario: ## run the scenarios: a hub and nodes for each behaviour
	@$(MAKE) -s --no-print-directory -j2 $(BUILD)/asan/.all
	@$(PROVE) $(foreach s,$(SCENARIOS),$(if $(filter $(ONLY),$(basename $(notdir $s))),$s))

# What tests found a world with, where only the programs were built.
world: all
	@$(MAKE) -s --no-print-directory $(BUILD)/release/tools/commands

demo: world ## one night at the exchange, in build/demo
	@MODE=release tests/demo/demo.py $(BUILD)/demo

console: world ## the demo's night in the console, in build/console, until Ctrl-C
	@MODE=release tests/demo/consoles.py $(BUILD)/console

# What runs is the demo's night, so that it is tried as well.
pictures: world browser ## README's pictures of the console, anew: tests/browser/pictures
	@MODE=release tests/demo/pictures.py $(BUILD)/pictures

upgrade: ## build the first programs whose formats count, and try today's with them and with what they wrote
	@tests/upgrade/build
	@$(MAKE) -s --no-print-directory -j2 $(BUILD)/asan/.all
	@$(PROVE) $(wildcard tests/scenario/upgrade/*.py)

trial: world ## run the messages of INCIDENTS=file and ADVISORIES=file through hub and nodes
	@MODE=release tests/trial/trial.py "$(INCIDENTS)" "$(ADVISORIES)"

SECONDS      ?= 600
FROM         ?= 1

sim: deps ## hub and nodes in a simulator's world, SECONDS of seeds from FROM on, on all processors
	@$(MAKE) -s --no-print-directory -j2 $(BUILD)/sim
	@$(BUILD)/sim --seconds $(SECONDS) --from $(FROM)

CRASH_ROUNDS ?= 200

crash: ## kill the hub CRASH_ROUNDS times at the worst moments
	@$(MAKE) -s --no-print-directory -j2 $(BUILD)/release/.all
	@MODE=release tests/crash/crash.py $(CRASH_ROUNDS)

SEQUENCES_SECONDS ?= 600

sequences: world ## messages of all kinds by all roles in seeded random order (SEED=) for SEQUENCES_SECONDS
	@MODE=release tests/sequences/sequences.py $(SEQUENCES_SECONDS)

CHECK_ENTRIES ?= 10000

check: world ## the independent check over CHECK_ENTRIES entries of a real hub and their receipts
	@MODE=release CHECK_ENTRIES=$(CHECK_ENTRIES) tests/check/test_hub.py

MESSAGES ?= 60000
ROUNDS   ?= 3
CASES    ?=
PEERS    ?=

bench: world ## measure publish to receipt and to delivery, beside the floor (CASES=name runs one; PEERS=1)
	@$(MAKE) -s --no-print-directory $(BENCHES:%=$(BUILD)/release/bench/%)
	@$(if $(PEERS),tests/bench/peers/fetch $(BUILD)/peers)
	@MODE=release tests/bench/bench.py --messages $(MESSAGES) --rounds $(ROUNDS) $(if $(PEERS),--peers) $(CASES)

# LARGEST=10000000 also fills a journal of 25 GB.
LARGEST  ?= 1000000

bench-growth: world ## measure what a message costs as entries, nodes, rules and duties become many
	@$(MAKE) -s --no-print-directory $(BUILD)/release/bench/load
	@MODE=release tests/bench/bench.py --messages 20000 --rounds $(ROUNDS) --largest $(LARGEST) \
		growth-entries growth-enrolled growth-connected growth-rules growth-subscriptions growth-duties

drill: $(BUILD)/asan/.all ## destroy a hub's folder under a longer load, and restore it from a standby
	@MODE=asan DRILL=4000 tests/scenario/operate/follow.py

bench-consoles: world ## measure what fifty open consoles cost their node and the hub
	@$(MAKE) -s --no-print-directory $(BENCHES:%=$(BUILD)/release/bench/%)
	@MODE=release tests/bench/bench.py --rounds $(ROUNDS) consoles

bench-plot: ## draw what was measured: build/bench.svg, growth.svg, and the table bench.md
	@tests/bench/plot.py

# `make guard UPDATE=1` keeps the new figures, PROFILE=hub (publisher, receiver) shows the functions.
UPDATE  ?=
PROFILE ?=

guard: world ## count instructions a message and compare them (UPDATE=1: keep, PROFILE=hub: where)
	@$(MAKE) -s --no-print-directory $(BUILD)/release/tools/guard
	@MODE=release tests/guard/instructions.t $(if $(UPDATE),--update) $(if $(PROFILE),--profile $(PROFILE))

FUZZ_SECONDS ?= 60

# Also for tests/fuzz/short.t, which says so when clang's fuzzer runtime is missing.
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%) $(BUILD)/seeds

fuzz: deps ## run every fuzzer for FUZZ_SECONDS (60) each
	@$(MAKE) -s --no-print-directory -j2 fuzzers
	@for f in $(FUZZERS:fuzz_%=%); do echo "$$f: $(FUZZ_SECONDS) s"; \
		tests/fuzz/run.sh $$f -max_total_time=$(FUZZ_SECONDS) || exit 1; done

lint: deps ## formatting, warnings of two compilers, include direction, scripts, man pages
	@CPPFLAGS='$(CPPFLAGS)' WARNINGS='$(WARNINGS)' tests/lint/lint.sh

# What is to be translated: the tables of words and commands, and what stands in calls that look it up: say() and
# say_as(), causes and refusals; in pages sayAs() and mark().  What has no word is nothing to translate.
SPOKEN := tests/tools/manuals.c $(MAINS) $(filter lib/% nodes/% certs/% hub/%,$(SOURCES))
SAID   := say:1 say_n:1,2 say_count:2,3 say_as:1c,2 MARK:1 cause_set:2 cause_prefix:2 cause_errno:2 call_fail:3 call_usage:2 \
	screen_paint:3 refuse:5 unmet:4 schema_fail:4 fail_value:4
SAYING := $(SAID:%=--keyword=%) --flag=say:1:pass-c-format --flag=say_n:1:pass-c-format --flag=say_n:2:pass-c-format

$(BUILD)/dabyl.pot: $(BUILD)/asan/tools/messages $(SPOKEN) $(wildcard web/pages/*.js)
	@$< > $(BUILD)/tables.pot
	@xgettext --from-code=UTF-8 $(SAYING) --add-location=file --sort-by-file -o - $(SPOKEN) \
		| sed s/CHARSET/UTF-8/ > $(BUILD)/calls.pot
	@xgettext --from-code=UTF-8 --keyword --keyword=snprintf:3 --add-location=file -o - hub/ask/notices.c \
			hub/decide/drafting_absent.c \
		| sed s/CHARSET/UTF-8/ > $(BUILD)/notices.pot
	@msgcat --use-first -o $(BUILD)/all.pot $(BUILD)/calls.pot $(BUILD)/notices.pot
	@msggrep -K -E -e '(^|[^%<A-Za-z0-9.*$$-])[A-Za-z]{2}' -o $(BUILD)/say.pot $(BUILD)/all.pot
	@xgettext --from-code=UTF-8 --keyword=say:1 --keyword=sayAs:1c,2 --keyword=mark:1 --flag=say:1:no-c-format \
		--add-location=file --sort-by-file -o $(BUILD)/pages.pot $(filter %.js,$^)
	@msgcat --no-wrap -o $@ $(BUILD)/tables.pot $(BUILD)/say.pot $(BUILD)/pages.pot

po: $(BUILD)/dabyl.pot ## bring the texts to translate in po/ up to date
	@for l in $(LANGUAGES); do \
		msgmerge -q --no-fuzzy-matching --no-wrap --backup=none -U po/$$l.po $< || exit 1; \
		msgattrib --no-obsolete --no-wrap -o po/$$l.po po/$$l.po || exit 1; \
		msgfmt -c --statistics -o /dev/null po/$$l.po || exit 1; done

SHARE = $(DESTDIR)$(PREFIX)/share
# Where zsh looks: Debian's own folder for what packages bring, else that of what is installed by hand.
ZSH_PLACE = $(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)

programs: $(PROGRAMS:%=$(BUILD)/release/%)

# The commands in short, in the languages that the tools speak; the whole manual is English.
$(BUILD)/release/man/%/dabyl.1: $(BUILD)/release/tools/manuals $(BUILD)/release/locale/%/LC_MESSAGES/dabyl.mo
	@mkdir -p $(@D)
	@$< $* > $@

manuals: world ## make the short manual pages in Kazakh and Russian
	@$(MAKE) -s --no-print-directory $(LANGUAGES:%=$(BUILD)/release/man/%/dabyl.1)

install: all ## install programs, schemas, rules and man pages below PREFIX (and DESTDIR)
	@$(MAKE) --no-print-directory staged

# The same where no package may be installed for it: a build of Debian's.
staged: programs
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/dabyl/schemas $(SHARE)/dabyl/etc/packs $(SHARE)/dabyl/web \
		$(addprefix $(SHARE)/man/man,1 5 7 8)
	install $(PROGRAMS:%=$(BUILD)/release/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 schemas/*.json $(SHARE)/dabyl/schemas
	install -m 644 web/pages/*.* $(SHARE)/dabyl/web
	install -m 644 hub/etc/plan.rules hub/etc/registry.conf hub/etc/coverage.conf hub/etc/alerts.yml hub/etc/dashboard.json $(SHARE)/dabyl/etc
	install -m 644 hub/etc/packs/*.rules $(SHARE)/dabyl/etc/packs
	for l in $(LANGUAGES); do install -D -m 644 $(BUILD)/release/locale/$$l/LC_MESSAGES/dabyl.mo \
		$(SHARE)/locale/$$l/LC_MESSAGES/dabyl.mo || exit 1; done
	@$(MAKE) -s --no-print-directory $(LANGUAGES:%=$(BUILD)/release/man/%/dabyl.1)
	for l in $(LANGUAGES); do install -D -m 644 $(BUILD)/release/man/$$l/dabyl.1 \
		$(SHARE)/man/$$l/man1/dabyl.1 || exit 1; done
	install -m 644 man/*.1 $(SHARE)/man/man1
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/$(ZSH_PLACE) $(SHARE)/fish/vendor_completions.d
	$(BUILD)/release/dabyl completion bash > $(SHARE)/bash-completion/completions/dabyl
	$(BUILD)/release/dabyl completion zsh > $(SHARE)/zsh/$(ZSH_PLACE)/_dabyl
	$(BUILD)/release/dabyl completion fish > $(SHARE)/fish/vendor_completions.d/dabyl.fish
	install -m 644 man/*.5 $(SHARE)/man/man5
	install -m 644 man/*.7 $(SHARE)/man/man7
	install -m 644 man/*.8 $(SHARE)/man/man8
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	for u in $(notdir $(wildcard service/*.service)); do \
		sed 's|/usr/bin/|$(PREFIX)/bin/|' service/$$u > $(DESTDIR)$(PREFIX)/lib/systemd/system/$$u || exit 1; done
	for p in hub node; do for k in sysusers tmpfiles; do install -m 644 service/dabyl-$$p.$$k \
		$(DESTDIR)$(PREFIX)/lib/$$k.d/dabyl-$$p.conf || exit 1; done; done

deb: ## build the packages, into build/deb
	@debian/build

deb-test: ## try the packages on a fresh minimal Debian 12, as root: a first hour, upgrade, purge
	@prove --exec '' --merge --timer --failures --comments tests/deb/run

clean: ## remove everything that was built
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
