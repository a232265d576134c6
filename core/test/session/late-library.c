// Stands between two functions of another program.
int through(int (*function)(int), int argument) {
  volatile char room[argument * 8 + 16];
  room[argument] = 1;
  return function(argument) + room[argument];
}
