import os
import sys
import time


class Thing:
    def deep(self, n):
        if n == 0:
            return tell()
        return self.deep(n - 1)


def tell():
    # What the interpreter itself says: innermost first.
    frame = sys._getframe()
    lines = []
    while frame:
        code = frame.f_code
        lines.append("%s:%s:%d" % (code.co_name, code.co_filename, code.co_firstlineno))
        frame = frame.f_back
    with open(sys.argv[1] + ".new", "w") as said:
        said.write("\n".join(lines))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    while True:
        time.sleep(0.01)
        os.getppid()


def through_c():
    return max([1], key=lambda v: Thing().deep(5))


def produce():
    yield through_c()


def main():
    for _ in produce():
        pass


main()
