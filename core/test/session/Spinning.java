// Calls deep and stays busy there.
public class Spinning {
  static double inner(int n) {
    double sum = 0;
    for (int i = 0; i < 100_000; i++) sum += Math.sqrt(i * n);
    return sum;
  }

  static double outer(int n) {
    return inner(n) + 1;
  }

  public static void main(String[] arguments) {
    double sum = 0;
    while (sum >= 0) sum = outer(3);
  }
}
