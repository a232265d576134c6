class Thing
  def deep(n)
    return tell if n == 0
    deep(n - 1)
  end
end

def tell
  # What the interpreter itself says, less what is written in C: innermost first.
  lines = caller_locations(0).reject { |at| %w[each map].include?(at.label) }
  File.write(ARGV[0] + '.new', lines.map { |at| "#{at.label}:#{at.path}" }.join("\n"))
  File.rename(ARGV[0] + '.new', ARGV[0])
  loop do
    sleep 0.01
    Process.ppid
  end
end

def through_c
  [1].each { Thing.new.deep(5) }
end

def main
  [3].map { through_c }
end

main
