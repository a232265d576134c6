/* Block I/O: what is transferred, with which device, for which file. */
#pragma D depends_on library file.d

inline int B_BUSY = 0x1;
inline int B_DONE = 0x2;
inline int B_ERROR = 0x4;
inline int B_PAGEIO = 0x10;
inline int B_PHYS = 0x20;
inline int B_READ = 0x40;
inline int B_WRITE = 0x100;
inline int B_ASYNC = 0x400;

typedef struct bufinfo {
	int b_flags;
	size_t b_bcount;
	uintptr_t b_addr;
	uint64_t b_blkno;
	uint64_t b_lblkno;
	size_t b_resid;
	size_t b_bufsize;
	uintptr_t b_iodone;
	int b_error;
	dev_t b_edev;
} bufinfo_t;

typedef struct devinfo {
	int dev_major;
	int dev_minor;
	int dev_instance;
	string dev_name;
	string dev_statname;
	string dev_pathname;
} devinfo_t;

/* The low byte of cmd_flags is the operation: odd ones write. Bit 11 is set when somebody waits. */
translator bufinfo_t < struct request *R > {
	b_flags = ((R->cmd_flags & 1) ? B_WRITE : B_READ) |
	    ((R->cmd_flags & (1 << 11)) ? 0 : B_ASYNC);
	b_bcount = R->__data_len;
	b_addr = (uintptr_t)R;
	b_blkno = R->__sector;
	b_lblkno = R->__sector;
	b_resid = 0;
	b_bufsize = R->__data_len;
	b_iodone = R->bio == NULL ? 0 : (uintptr_t)R->bio->bi_end_io;
	b_error = 0;
	b_edev = R->part == NULL ? 0 : R->part->bd_dev;
};

translator devinfo_t < struct block_device *D > {
	dev_major = D == NULL ? 0 : getmajor(D->bd_dev);
	dev_minor = D == NULL ? 0 : getminor(D->bd_dev);
	dev_instance = 0;
	dev_name = D == NULL ? "<none>" : stringof(D->bd_disk->disk_name);
	dev_statname = D == NULL ? "<none>" : stringof(D->bd_device.kobj.name);
	dev_pathname = D == NULL ? "<none>" :
	    strjoin("/dev/", stringof(D->bd_device.kobj.name));
};

/* The file a block belongs to. Those of the file system itself belong to none. */
translator fileinfo_t < struct inode *I > {
	fi_name = I == NULL || I->i_dentry.first == NULL ? "<none>" :
	    basename(inode_path(I));
	fi_dirname = I == NULL || I->i_dentry.first == NULL ? "<none>" :
	    dirname(inode_path(I));
	fi_pathname = I == NULL || I->i_dentry.first == NULL ? "<none>" :
	    inode_path(I);
	fi_offset = 0;
	fi_fs = I == NULL ? "<none>" : stringof(I->i_sb->s_type->name);
	fi_mount = "<unknown>";
	fi_oflags = 0;
};
