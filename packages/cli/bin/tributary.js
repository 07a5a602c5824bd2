#!/usr/bin/env node
// Committed, so that the command is linked and executable before the first build.
import "../dist/main.js";
