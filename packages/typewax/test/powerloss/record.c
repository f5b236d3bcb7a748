/*
 * Owns the recording of what a process does to the files below RECORD_ROOT: every create, write, truncate, rename, unlink and sync, in order, with the
 * bytes, appended to RECORD_LOG. Preloaded into node (LD_PRELOAD), so that SQLite and the file sinks are seen alike, at the system's own interface.
 *
 * A record is a line `operation offset length path` followed by `length` raw bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root;
static int log_fd = -1;
static int is_ready;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void prepare(void) {
  if (is_ready) return;
  is_ready = 1;
  root = getenv("RECORD_ROOT");
  const char *log = getenv("RECORD_LOG");
  if (root && log) log_fd = REAL(open64)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_ours(const char *path) {
  return log_fd >= 0 && strncmp(path, root, strlen(root)) == 0;
}

/* The path of a descriptor, if it is below the root. */
static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_ours(path);
}

static void record(const char *operation, const char *path, long long offset, const void *bytes, size_t length) {
  char head[PATH_MAX + 64];
  int size = snprintf(head, sizeof head, "%s %lld %zu %s\n", operation, offset, length, path);
  __typeof__(&write) put = REAL(write);
  if (put(log_fd, head, size) != size || (length && put(log_fd, bytes, length) != (ssize_t)length)) abort();
}

static int open_recorded(__typeof__(&open64) real, const char *path, int flags, mode_t mode) {
  prepare();
  if (!is_ours(path)) return real(path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat before;
  int existed = stat(path, &before) == 0;
  int fd = real(path, flags, mode);
  if (fd >= 0 && !existed) record("create", path, 0, 0, 0);
  if (fd >= 0 && existed && (flags & O_TRUNC)) record("truncate", path, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return fd;
}

#define OPEN(name)                                        \
  int name(const char *path, int flags, ...) {            \
    va_list rest;                                         \
    va_start(rest, flags);                                \
    mode_t mode = va_arg(rest, mode_t);                   \
    va_end(rest);                                         \
    return open_recorded(REAL(name), path, flags, mode);  \
  }
OPEN(open)
OPEN(open64)

static ssize_t write_recorded(int fd, const void *bytes, size_t count, long long offset) {
  prepare();
  char path[PATH_MAX];
  if (log_fd < 0 || fd == log_fd || !path_of(fd, path)) {
    return offset < 0 ? REAL(write)(fd, bytes, count) : REAL(pwrite64)(fd, bytes, count, offset);
  }
  pthread_mutex_lock(&lock);
  long long at = offset;
  if (fcntl(fd, F_GETFL) & O_APPEND) {
    struct stat now;
    at = fstat(fd, &now) == 0 ? now.st_size : 0;
  } else if (offset < 0) at = lseek64(fd, 0, SEEK_CUR);
  ssize_t done = offset < 0 ? REAL(write)(fd, bytes, count) : REAL(pwrite64)(fd, bytes, count, offset);
  if (done > 0) record("write", path, at, bytes, done);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t count) { return write_recorded(fd, bytes, count, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return write_recorded(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { return write_recorded(fd, bytes, count, offset); }

/* Vectored writes of recorded files would be missed: refuse loudly. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
  char path[PATH_MAX];
  prepare();
  if (log_fd >= 0 && path_of(fd, path)) abort();
  return REAL(writev)(fd, parts, count);
}

static int truncate_recorded(int fd, long long length) {
  prepare();
  char path[PATH_MAX];
  if (log_fd < 0 || !path_of(fd, path)) return REAL(ftruncate64)(fd, length);
  pthread_mutex_lock(&lock);
  int result = REAL(ftruncate64)(fd, length);
  if (result == 0) record("truncate", path, length, 0, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int ftruncate(int fd, off_t length) { return truncate_recorded(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_recorded(fd, length); }

static int sync_recorded(__typeof__(&fsync) real, int fd) {
  prepare();
  char path[PATH_MAX];
  if (log_fd < 0 || !path_of(fd, path)) return real(fd);
  pthread_mutex_lock(&lock);
  int result = real(fd);
  if (result == 0) record("sync", path, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int fsync(int fd) { return sync_recorded(REAL(fsync), fd); }
int fdatasync(int fd) { return sync_recorded(REAL(fdatasync), fd); }

int unlink(const char *path) {
  prepare();
  if (!is_ours(path)) return REAL(unlink)(path);
  pthread_mutex_lock(&lock);
  int result = REAL(unlink)(path);
  if (result == 0) record("unlink", path, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) {
  prepare();
  if (!is_ours(from)) return REAL(rename)(from, to);
  pthread_mutex_lock(&lock);
  int result = REAL(rename)(from, to);
  if (result == 0) record("rename", from, 0, to, strlen(to));
  pthread_mutex_unlock(&lock);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  prepare();
  if (!is_ours(path)) return REAL(mkdir)(path, mode);
  pthread_mutex_lock(&lock);
  int result = REAL(mkdir)(path, mode);
  if (result == 0) record("mkdir", path, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
