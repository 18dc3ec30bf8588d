#include "server/store/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int files_beside(char out[PATH_MAX], const char *base, const char *ending)
{
    return snprintf(out, PATH_MAX, "%s%s", base, ending) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int files_name(struct files *f, const char *data_dir)
{
    f->lock = -1;
    int err = files_beside(f->dir, data_dir, "");
    return err ? err : files_beside(f->db, data_dir, "/airclass.db");
}

int files_give(const char *path, const char *dir)
{
    struct stat st;
    if (geteuid() != 0)
        return 0;
    return stat(dir, &st) || chown(path, st.st_uid, st.st_gid) ? -errno : 0;
}

int files_lock(struct files *f)
{
    char path[PATH_MAX];
    int err = files_beside(path, f->dir, "/airclass.lock");
    if (err)
        return err;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        err = errno == EWOULDBLOCK ? -EBUSY : -errno;
        close(fd);
        return err;
    }
    f->lock = fd;
    return files_give(path, f->dir);
}

void files_unlock(struct files *f)
{
    if (f->lock >= 0)
        close(f->lock);
    f->lock = -1;
}

int files_sync_dir(const char *dir)
{
    int fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int err = fsync(fd) ? -errno : 0;
    close(fd);
    return err;
}
