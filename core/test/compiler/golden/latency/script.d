BEGIN { self->ts = timestamp; } END /self->ts/ { @t["ns", execname] = quantize(timestamp - self->ts); self->ts = 0; }
