# Bytecode for a Lambda layer's Python files.  Lambda has no place to keep what it compiles, so without this each cold
# start compiles all that it imports, which takes about a second.  Only the runtime's own version makes bytecode that it
# reads: where the builder has none of it, the layer goes without and says so.
# Hashes in it are not checked against the sources, since an archive's times say nothing of what is older.
RUNTIME ?= python3.13

define add_bytecode
	@if "$(RUNTIME)" --version >/dev/null 2>&1; then \
	  PYTHONHASHSEED=0 "$(RUNTIME)" -m compileall -q -j 0 --invalidation-mode unchecked-hash \
	    -s "$(ARTIFACTS_DIR)" -p /opt "$(ARTIFACTS_DIR)/python"; \
	else \
	  echo "$(@:build-%=%): no bytecode, as there is no $(RUNTIME) here (RUNTIME=… names another); cold starts are slower"; \
	fi
endef
