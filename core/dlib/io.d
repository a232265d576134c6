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

/* A whole disk or a part of one: which it is, and what it is called. */
#if member(block_device, bd_device)
inline dev_t disk_number[struct block_device *D] = D->bd_dev;
inline int disk_instance[struct block_device *D] = D->bd_disk->first_minor;
inline string disk_name[struct block_device *D] = stringof(D->bd_disk->disk_name);
inline string disk_part_name[struct block_device *D] =
    stringof(D->bd_device.kobj.name);
#else
inline dev_t disk_number[struct hd_struct *D] = D->__dev.devt;
inline int disk_instance[struct hd_struct *D] = D->partno;
inline string disk_part_name[struct hd_struct *D] = stringof(D->__dev.kobj.name);
inline string disk_name[struct hd_struct *D] = D->partno == 0 ?
    stringof(D->__dev.kobj.name) : stringof(D->__dev.parent->kobj.name);
#endif

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
	b_edev = R->part == NULL ? 0 : disk_number[R->part];
};

#if member(block_device, bd_device)
translator devinfo_t < struct block_device *D > {
#else
translator devinfo_t < struct hd_struct *D > {
#endif
	dev_major = D == NULL ? 0 : getmajor(disk_number[D]);
	dev_minor = D == NULL ? 0 : getminor(disk_number[D]);
	dev_instance = D == NULL ? 0 : disk_instance[D];
	dev_name = D == NULL ? "<none>" : disk_name[D];
	dev_statname = D == NULL ? "<none>" : disk_part_name[D];
	dev_pathname = D == NULL ? "<none>" : strjoin("/dev/", disk_part_name[D]);
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
	fi_mount = I == NULL || I->i_dentry.first == NULL ? "<none>" :
	    inode_mount(I);
	fi_oflags = 0;
};
