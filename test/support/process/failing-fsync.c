/* Preloaded into a process: one in FSYNC_FAILS_ONE_IN flushes to disk fails. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(void) {
  const char *one_in = getenv("FSYNC_FAILS_ONE_IN");
  return one_in != NULL && rand() % atoi(one_in) == 0;
}

static int flush(int fd, long call) {
  if (fails()) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(call, fd);
}

int fsync(int fd) { return flush(fd, SYS_fsync); }
int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }
