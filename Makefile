# Every target makes .venv when needed and goes on in it. `exec` leaves no shell in between, so that a
# signal, or the end of make, reaches what runs. Arguments: make test ARGS="-k timeline".
.PHONY: run test check format openapi dictionary lock manage bench bench-large drill clean
BOOTSTRAP = @exec python3 config/bootstrap.py

run: ## the service, with an embedded PostgreSQL and demo data unless DATABASE_URL is set
	$(BOOTSTRAP) run
test: ## all tests but the slow ones
	$(BOOTSTRAP) test $(ARGS)
check: ## style, types, deployment settings, migrations, the OpenAPI document
	$(BOOTSTRAP) check
format: ## the code, in place
	$(BOOTSTRAP) format
openapi: ## docs/openapi.yaml, from the code
	$(BOOTSTRAP) openapi
dictionary: ## the tables of docs/reporting.md, from the comments in a migrated database
	$(BOOTSTRAP) dictionary
lock: ## requirements*.txt, from requirements*.in; newer versions with ARGS=--upgrade
	$(BOOTSTRAP) lock $(ARGS)
manage: ## one of Django's commands: make manage ARGS="createsuperuser"
	$(BOOTSTRAP) manage $(ARGS)
bench: ## this project beside its peers, into benchmarks/RESULTS.md; in two minutes with ARGS=--quick
	$(BOOTSTRAP) bench $(ARGS)
bench-large: ## do lists and the admin stay as fast in ten million rows? takes 20 GB of disk
	$(BOOTSTRAP) bench-large
drill: ## is anything lost while all is broken under load? 3 minutes; in 15 seconds with ARGS=--short
	$(BOOTSTRAP) drill $(ARGS)
clean: ## removes .venv and caches, never data
	$(BOOTSTRAP) clean
