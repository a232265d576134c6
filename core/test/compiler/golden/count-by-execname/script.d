BEGIN { @[execname] = count(); }
