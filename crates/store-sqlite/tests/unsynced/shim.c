/* Notes what would be lost if the power failed now.
 *
 * Preloaded into a process (LD_PRELOAD), it keeps beside every file whose name ends in ".db" or "-wal"
 * a file ".undo": for each write or truncation since the file was last synced what stood there before.
 * A successful fsync or fdatasync empties it. Whoever kills the process can then put back what no sync
 * had made durable, all of it or the latest part.
 *
 * A record: offset (8 bytes), size of the file before (8), length (4), the bytes that stood there; in
 * the machine's byte order. It is written before the change it undoes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 4096

/* The undo file of a descriptor, or 0. */
static int undo_of[MOST];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

static int ends(const char *path, const char *end) {
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && strcmp(path + length - tail, end) == 0;
}

static int opened(int fd, const char *path, int flags) {
  int (*real_open)(const char *, int, ...) = real("open");
  if (fd > 0 && fd < MOST) {
    undo_of[fd] = 0;
    if ((flags & O_ACCMODE) != O_RDONLY && (ends(path, ".db") || ends(path, "-wal"))) {
      char name[4096];
      if (snprintf(name, sizeof name, "%s.undo", path) >= (int)sizeof name) abort();
      int undo = real_open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      if (undo < 0) abort();
      undo_of[fd] = undo;
    }
  }
  return fd;
}

static void all(int fd, const void *bytes, size_t length) {
  ssize_t (*real_write)(int, const void *, size_t) = real("write");
  if (real_write(fd, bytes, length) != (ssize_t)length) abort();
}

/* Notes what stands at a place that is about to change. */
static void note(int fd, uint64_t offset, uint64_t length) {
  struct stat now;
  if (fstat(fd, &now) != 0) abort();
  uint64_t size = (uint64_t)now.st_size;
  uint32_t old = 0;
  if (offset < size) old = (uint32_t)(offset + length < size ? length : size - offset);
  size_t whole = 20 + old;
  char *record = malloc(whole);
  if (!record) abort();
  memcpy(record, &offset, 8);
  memcpy(record + 8, &size, 8);
  memcpy(record + 16, &old, 4);
  ssize_t (*real_pread)(int, void *, size_t, off_t) = real("pread64");
  if (old && real_pread(fd, record + 20, old, (off_t)offset) != (ssize_t)old) abort();
  all(undo_of[fd], record, whole);
  free(record);
}

static int tracked(int fd) { return fd > 0 && fd < MOST && undo_of[fd] > 0; }

#define OPEN(NAME)                                             \
  int NAME(const char *path, int flags, ...) {                 \
    va_list rest;                                              \
    va_start(rest, flags);                                     \
    int mode = va_arg(rest, int);                              \
    va_end(rest);                                              \
    int (*next)(const char *, int, ...) = real(#NAME);         \
    return opened(next(path, flags, mode), path, flags);       \
  }
OPEN(open)
OPEN(open64)

#define PWRITE(NAME)                                                        \
  ssize_t NAME(int fd, const void *bytes, size_t length, off_t offset) {    \
    ssize_t (*next)(int, const void *, size_t, off_t) = real(#NAME);        \
    if (!tracked(fd)) return next(fd, bytes, length, offset);               \
    pthread_mutex_lock(&lock);                                              \
    note(fd, (uint64_t)offset, length);                                     \
    ssize_t done = next(fd, bytes, length, offset);                         \
    pthread_mutex_unlock(&lock);                                            \
    return done;                                                            \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define TRUNCATE(NAME)                                                     \
  int NAME(int fd, off_t length) {                                         \
    int (*next)(int, off_t) = real(#NAME);                                 \
    if (!tracked(fd)) return next(fd, length);                             \
    pthread_mutex_lock(&lock);                                             \
    note(fd, (uint64_t)length, UINT32_MAX);                                \
    int done = next(fd, length);                                           \
    pthread_mutex_unlock(&lock);                                           \
    return done;                                                           \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define SYNC(NAME)                                                         \
  int NAME(int fd) {                                                       \
    int (*next)(int) = real(#NAME);                                        \
    if (!tracked(fd)) return next(fd);                                     \
    pthread_mutex_lock(&lock);                                             \
    int done = next(fd);                                                   \
    int (*cut)(int, off_t) = real("ftruncate");                            \
    if (done == 0 && cut(undo_of[fd], 0) != 0) abort();                    \
    pthread_mutex_unlock(&lock);                                           \
    return done;                                                           \
  }
SYNC(fsync)
SYNC(fdatasync)

int close(int fd) {
  int (*next)(int) = real("close");
  if (tracked(fd)) {
    next(undo_of[fd]);
    undo_of[fd] = 0;
  }
  return next(fd);
}
