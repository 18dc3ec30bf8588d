# `make help` lists the targets. One file, no recursion into folders: this make sees every object,
# so a parallel build is always right. A new .c file under server/, codec/ or tests/ is picked up by
# its place; nothing is registered here.

MODE    ?= debug            # debug | release
SAN     ?=                  # e.g. address,undefined or thread
V       ?= 0
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
PKGS_SERVER := libuv libwebsockets jansson sqlite3 libssl libcrypto libutf8proc libsodium libzip expat
PKGS_CODEC  := libavformat libavcodec libavutil libswscale libswresample opus libwebp libavif libseccomp

comma := ,
MODE  := $(strip $(MODE))
SAN   := $(strip $(SAN))
B     := build/$(MODE)$(if $(SAN),+$(subst $(comma),+,$(SAN)))
Q     := $(if $(filter 0,$(V)),@)
say    = $(if $(filter 0,$(V)),@printf '  %-5s %s\n' $(1) $(2))

OPT_debug   := -Og -g3
OPT_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
        -Wwrite-strings -Wformat=2 -Wundef -Wvla
pkg   = $(or $(shell pkg-config $(1)),$(error libraries are missing, see above; ./scripts/deps build installs them))
ALL_CFLAGS  = -std=c11 -D_GNU_SOURCE -I. -MMD -MP $(WARN) $(OPT_$(MODE)) \
              $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -fno-omit-frame-pointer) \
              $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)
# Asked for once, and only by a goal that compiles: `make clean` needs no library.
PKG_CFLAGS  = $(eval PKG_CFLAGS := $$(call pkg,--cflags $(PKGS_SERVER) $(PKGS_CODEC)))$(PKG_CFLAGS)
SERVER_LIBS = $(eval SERVER_LIBS := $$(call pkg,--libs $(PKGS_SERVER)))$(SERVER_LIBS)
CODEC_LIBS  = $(eval CODEC_LIBS := $$(call pkg,--libs $(PKGS_CODEC)))$(CODEC_LIBS)

src_of = $(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c)
obj_of = $(patsubst %.c,$(B)/%.o,$(1))
SERVER_SRC := $(filter-out server/main.c,$(call src_of,server)) $(wildcard codec/wire/*.c)
CODEC_SRC  := $(filter-out codec/main.c,$(call src_of,codec)) $(wildcard server/base/*.c)
UNIT_SRC   := $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)
HELP_SRC   := $(wildcard tests/unit/*.c)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC  := $(wildcard tests/bench/*.c)
BENCH_HELP := $(wildcard tests/bench/*/*.c)
LINK_SRC   := $(wildcard tests/link/*.c)
UNIT  := $(UNIT_SRC:%.c=$(B)/%)
FUZZ  := $(FUZZ_SRC:%.c=$(B)/%)
BENCH := $(BENCH_SRC:%.c=$(B)/%)
LINK  := $(B)/tests/link/link
BINS  := $(B)/airclass $(B)/airclass-codec $(B)/airclassctl
SERVER_LIB := $(B)/libserver.a
CODEC_LIB  := $(B)/libcodec.a
ALL_SRC := $(sort $(SERVER_SRC) $(CODEC_SRC) server/main.c codec/main.c ctl/main.c $(UNIT_SRC) $(HELP_SRC) $(FUZZ_SRC) $(BENCH_SRC) $(BENCH_HELP) $(LINK_SRC))
OBJ     := $(call obj_of,$(ALL_SRC))
WEB     := build/web/.built

# Tests and fuzz targets of the codec side link FFmpeg; those of the server side must not need it.
is_codec = $(filter $(B)/tests/unit/codec/% $(B)/tests/fuzz/fuzz_codec_% $(B)/tests/bench/codec_%,$(1))
libs_of  = $(if $(call is_codec,$(1)),$(CODEC_LIB),$(SERVER_LIB))
pkgs_of  = $(if $(call is_codec,$(1)),$(CODEC_LIBS),$(SERVER_LIBS))
# The link emulator's parts but for its main program, for their tests and for lessons over such links.
link_of  = $(if $(filter $(B)/tests/unit/link/% $(B)/tests/unit/viewer/test_weak_links,$(1)),$(call obj_of,$(filter-out tests/link/link.c,$(LINK_SRC))))

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.DEFAULT_GOAL := all
.PHONY: all programs web run test unit e2e fuzz fuzz-bins bench benches unit-bins weaklink weaklink-uplink bench-peers bench-neighbour bench-lesson stoi install clean check format tidy help FORCE

all: programs web      ## build the programs and the web client
programs: $(BINS)      ## build only the programs
web: $(WEB)            ## build only the web client (into build/web)
run:                   ## build, start the server with a demo lesson, print the addresses
	$(Q)scripts/run
test:                  ## everything: checks, unit tests, whole-system tests
	$(Q)scripts/test
unit: unit-bins        ## unit tests of the C code
	$(Q)scripts/run-unit $(UNIT)
unit-bins: $(UNIT) $(B)/airclass-codec # which the tests of the codec process start
e2e: all benches       ## whole-system tests on loopback
	$(Q)scripts/run-e2e $(B)
bench:                 ## measurements of the release build: prints tables (scripts/bench says which)
	$(Q)$(MAKE) MODE=release all benches
	$(Q)scripts/bench build/release
benches: $(BENCH) $(LINK)
weaklink: web          ## lessons over emulated weak links (needs root): prints a table, build/weaklink.json
	$(Q)$(MAKE) MODE=release programs build/release/tests/link/link
	$(Q)scripts/weaklink $(PROFILES)
weaklink-uplink: web   ## teachers in Chromium behind emulated uplinks (needs root): prints a table, build/weaklink-uplink.json
	$(Q)$(MAKE) MODE=release programs build/release/tests/link/link
	$(Q)scripts/weaklink-uplink $(PROFILES)
bench-peers: web       ## the same links from other servers (needs root): prints a table, build/bench-peers.json
	$(Q)$(MAKE) MODE=release programs build/release/tests/link/link
	$(Q)scripts/weaklink-peers $(PROFILES)
bench-neighbour: web   ## what one pupil on EDGE changes for 200 on good links (needs root)
	$(Q)$(MAKE) MODE=release programs benches
	$(Q)scripts/bench-neighbour
bench-lesson: web      ## what 40 minutes cost a pupil who saves data (needs root)
	$(Q)$(MAKE) MODE=release programs benches
	$(Q)scripts/bench-lesson
stoi: programs benches ## how intelligible the voice of R0 to R2 is
	$(Q)BUILD=$(CURDIR)/$(B) ROOT=$(CURDIR) node tests/e2e/19-voice.mjs
fuzz:                  ## libFuzzer on each tests/fuzz target, FUZZ_SECONDS each (10)
	$(Q)$(MAKE) CC=clang SAN=fuzzer-no-link,address,undefined fuzz-bins
	$(Q)scripts/run-fuzz build/$(MODE)+fuzzer-no-link+address+undefined
fuzz-bins: $(FUZZ)
check:                 ## formatting, layers, headers, documents, clang-tidy, TypeScript types
	$(Q)scripts/check
format:                ## rewrite the C sources with clang-format
	$(Q)clang-format -i $$(git ls-files '*.[ch]')
tidy:                  ## clang-tidy over the sources of the programs
	$(Q)scripts/check-tidy $(filter-out -MMD -MP,$(ALL_CFLAGS))
install: all           ## honours DESTDIR and PREFIX
	$(Q)scripts/install-files $(B) '$(DESTDIR)' '$(PREFIX)'
clean:                 ## remove build/
	rm -rf build
help:                  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' Makefile | expand -t 24
	@echo '  Variants: MODE=release, SAN=address,undefined, SAN=thread, V=1'

$(B)/airclass: $(B)/server/main.o $(SERVER_LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SERVER_LIBS) -lpthread -lm
$(B)/airclassctl: $(B)/ctl/main.o $(SERVER_LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -Wl,--as-needed -o $@ $^ $(SERVER_LIBS) -lpthread
$(B)/airclass-codec: $(B)/codec/main.o $(CODEC_LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CODEC_LIBS) -lpthread -lm
$(SERVER_LIB): $(call obj_of,$(SERVER_SRC))
$(CODEC_LIB): $(call obj_of,$(CODEC_SRC))
$(SERVER_LIB) $(CODEC_LIB):
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^
.SECONDEXPANSION:
$(UNIT): $(B)/%: $(B)/%.o $(call obj_of,$(HELP_SRC)) $$(call link_of,$$@) $$(call libs_of,$$@)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkgs_of,$@) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -lcmocka -lpthread -lm
$(BENCH): $(B)/%: $(B)/%.o $$(if $$(call is_codec,$$@),,$(call obj_of,$(BENCH_HELP))) $$(call libs_of,$$@)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkgs_of,$@) -lpthread -lm
$(LINK): $(call obj_of,$(LINK_SRC)) $(B)/server/base/clock.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^
$(FUZZ): $(B)/%: $(B)/%.o $$(call libs_of,$$@)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(call pkgs_of,$@) -lpthread -lm
$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/server/ladder/builtin.o: config/ladder.conf
$(B)/server/policy/builtin.o: config/policy.conf
$(B)/server/store/schema.o: $(wildcard server/store/schema/*.sql)
# Rebuild when the compiler or its flags change, not when make is merely run.
$(B)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
FORCE:

WEB_SRC := $(shell find client-web -type f -not -path '*/node_modules/*' 2>/dev/null)
$(WEB): $(WEB_SRC)
	$(call say,WEB,build/web)
	$(Q)scripts/build-web
	$(Q)touch $@

-include $(OBJ:.o=.d)
