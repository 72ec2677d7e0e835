# Bytecode for a Lambda layer's Python files.  Lambda has no place to keep what it compiles, so without this each cold
# start compiles all that it imports, which takes about a second.  Only the runtime's own version makes bytecode that it
# reads: where RUNTIME is no such Python, the layer goes without and says so.
# Hashes in it are not checked against the sources, since an archive's times say nothing of what is older.
RUNTIME ?= python3.13
RUNTIME_VERSION ?= 3.13

define add_bytecode
	@if "$(RUNTIME)" --version 2>/dev/null | grep --quiet --fixed-strings "Python $(RUNTIME_VERSION)."; then \
	  PYTHONHASHSEED=0 "$(RUNTIME)" -m compileall -q -j 0 --invalidation-mode unchecked-hash \
	    -s "$(ARTIFACTS_DIR)" -p /opt "$(ARTIFACTS_DIR)/python"; \
	else \
	  echo "$(@:build-%=%): no bytecode, as $(RUNTIME) is no Python $(RUNTIME_VERSION) (RUNTIME=… names one); cold starts are slower"; \
	fi
endef
