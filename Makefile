# Every target does its own set-up (.ci/setup): system packages, then .venv as uv.lock says.
.DEFAULT_GOAL := help
.PHONY: help demo run setup test check corpus lint fix bench soak ready-run ready-tests ready-bench

BIN := .venv/bin
DATA := data
ONLY :=
CORPORA := $(or $(VANTHU_CORPORA),../shared/corpora)
ARGS :=
# tests that have a long form and are no fault tests
LONG := $(addprefix tests/,rules/test_token.py hub/test_mailbox_passwords.py hub/test_stages_sending.py hub/test_stages_returns_certain.py)

help:
	@printf '%s\n' \
	'Vanthu' \
	'' \
	'  Dùng thử / Try it' \
	'    make demo            chạy trọn một vòng văn bản mẫu / one round of sample documents, start to end' \
	'    make run             chạy hệ thống mẫu trong ./data / serve a sample hub in ./data' \
	'' \
	'  Phát triển / Work on it' \
	'    make setup           cài đặt mọi thứ cần thiết / install all that is needed' \
	'    make test            chạy mọi kiểm thử / run every test  (ARGS="tests/rules -k symbol")' \
	'    make lint            kiểu, khuôn dạng, các lớp / style, types, layers' \
	'    make check           test + lint' \
	'    make fix             sửa khuôn dạng / put the style and config.example.toml right' \
	'' \
	'  Đo / Measure' \
	'    make corpus          đo độ chính xác khi đọc văn bản thật / how well real documents are read' \
	'    make bench           đo hiệu năng / the benchmarks  (ONLY=accept)' \
	'    make soak            kiểm thử sự cố và các kiểm thử khác có bản dài / the long form of fault and other tests'

demo: ready-run
	@$(BIN)/vanthu demo

run: ready-run
	@[ -e $(DATA)/config.toml ] || $(BIN)/vanthu init --sample --data $(DATA)
	@exec $(BIN)/vanthu serve --data $(DATA)

setup: ready-bench

# All tests at once share the cores, and one more, because many wait for a server; a file stays in one process.
test: ready-tests
	@$(BIN)/pytest -rs $(or $(ARGS),-n $(shell echo $$(($$(nproc) + 1))) --dist loadfile)

lint: ready-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: test lint

fix: ready-tests
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	@LC_ALL=vi_VN.UTF-8 PYTHONUTF8=1 $(BIN)/vanthu config example >.venv/config.example.toml
	@cp .venv/config.example.toml config.example.toml

corpus: ready-run
	@$(BIN)/vanthu corpus $(CORPORA) --labels tests/corpus/labels.json --labels tests/corpus/scan_labels.json $(ARGS)

bench: ready-bench
	@$(BIN)/python tests/bench/run.py $(ONLY)

soak: ready-tests
	@VANTHU_SOAK=1 $(BIN)/pytest tests/faults $(LONG) $(ARGS)

ready-run:
	@.ci/setup run

ready-tests:
	@.ci/setup run tests

ready-bench:
	@.ci/setup run tests bench
