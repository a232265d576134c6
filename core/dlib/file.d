/* Open files, and where a process is. */

typedef long long offset_t;

typedef struct fileinfo {
	string fi_name;
	string fi_dirname;
	string fi_pathname;
	offset_t fi_offset;
	string fi_fs;
	string fi_mount;
	int fi_oflags;
} fileinfo_t;

inline int O_ACCMODE = 0x3;
inline int O_RDONLY = 0x0;
inline int O_WRONLY = 0x1;
inline int O_RDWR = 0x2;
inline int O_CREAT = 0x40;
inline int O_EXCL = 0x80;
inline int O_NOCTTY = 0x100;
inline int O_TRUNC = 0x200;
inline int O_APPEND = 0x400;
inline int O_NONBLOCK = 0x800;
inline int O_DSYNC = 0x1000;
inline int O_DIRECT = 0x4000;
inline int O_LARGEFILE = 0x8000;
inline int O_DIRECTORY = 0x10000;
inline int O_NOFOLLOW = 0x20000;
inline int O_NOATIME = 0x40000;
inline int O_CLOEXEC = 0x80000;
inline int O_SYNC = 0x101000;

/* Pipes and sockets are in no folder: /proc names them by number, and so do we. */
inline uint64_t PIPEFS_MAGIC = 0x50495045;
inline uint64_t SOCKFS_MAGIC = 0x534f434b;
inline uint64_t file_magic[struct file *F] = F->f_inode->i_sb->s_magic;
inline int is_nameless[struct file *F] = file_magic[F] == PIPEFS_MAGIC || file_magic[F] == SOCKFS_MAGIC;
inline string file_number[struct file *F] =
    strjoin(file_magic[F] == PIPEFS_MAGIC ? "pipe:[" : "socket:[", strjoin(lltostr(F->f_inode->i_ino), "]"));

translator fileinfo_t < struct file *F > {
	fi_name = F == NULL ? "<none>" : is_nameless[F] ? file_number[F] :
	    stringof(F->f_path.dentry->d_name.name);
	fi_dirname = F == NULL || is_nameless[F] ? "<none>" : dirname(d_path(&F->f_path));
	fi_pathname = F == NULL ? "<none>" : is_nameless[F] ? file_number[F] : d_path(&F->f_path);
	fi_offset = F == NULL ? 0 : F->f_pos;
	fi_fs = F == NULL ? "<none>" : stringof(F->f_inode->i_sb->s_type->name);
	fi_mount = F == NULL ? "<none>" : mount_path(F->f_path.mnt);
	fi_oflags = F == NULL ? 0 : F->f_flags;
};

inline fileinfo_t fds[int fd] = xlate <fileinfo_t> (
    fd >= 0 && fd < curthread->files->fdt->max_fds ?
    curthread->files->fdt->fd[fd] : NULL);

inline string cwd = d_path(&curthread->fs->pwd);
inline string root = d_path(&curthread->fs->root);
