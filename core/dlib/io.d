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

/*
 * What is transferred: a request to a disk, or what a thread waits for, part of
 * a request or a block of a file system. Probes say which it is, and what is
 * told of its end besides.
 */
struct io_transfer { int unused; };
inline int IO_REQUEST = 0;
inline int IO_BIO = 1;
inline int IO_BUFFER = 2;
this int io_kind;
this int io_flags;
this int io_error;
this size_t io_left;
/* The variables are set when the argument is asked for. */
inline int io_kind_of[struct io_transfer *T] = (T, this->io_kind);

inline struct request *io_request[struct io_transfer *T] = (struct request *)T;
inline struct bio *io_bio[struct io_transfer *T] = (struct bio *)T;
inline struct buffer_head *io_buffer[struct io_transfer *T] =
    (struct buffer_head *)T;

/* The low byte of these is the operation: odd ones write. Bit 11 is set when somebody waits. */
inline int io_operation[unsigned int F] = ((F & 1) ? B_WRITE : B_READ) |
    ((F & (1 << 11)) ? 0 : B_ASYNC);

/* Error numbers in the order of the kernel's list of statuses, from 1. */
inline int io_status_error[int S] = S == 0 ? 0 : S == 1 ? 95 : S == 2 ? 110 :
    S == 3 ? 28 : S == 4 ? 67 : S == 5 ? 121 : S == 6 ? 52 : S == 7 ? 61 :
    S == 8 ? 84 : S == 9 ? 12 : S == 12 ? 11 : 5;

inline size_t io_size[struct io_transfer *T] =
    io_kind_of[T] == IO_REQUEST ? io_request[T]->__data_len :
    io_kind_of[T] == IO_BIO ? io_bio[T]->bi_iter.bi_size : io_buffer[T]->b_size;
inline uint64_t io_block[struct io_transfer *T] =
    io_kind_of[T] == IO_REQUEST ? io_request[T]->__sector :
    io_kind_of[T] == IO_BIO ? io_bio[T]->bi_iter.bi_sector :
    io_buffer[T]->b_blocknr * (io_buffer[T]->b_size >> 9);
#if member(bio, bi_bdev)
inline dev_t io_bio_device[struct bio *B] =
    B->bi_bdev == NULL ? 0 : B->bi_bdev->bd_dev;
#else
inline dev_t io_bio_device[struct bio *B] =
    B->bi_disk == NULL ? 0 : B->bi_disk->part0.__dev.devt;
#endif

translator bufinfo_t < struct io_transfer *T > {
	b_flags = (T, this->io_flags) | (this->io_error != 0 ? B_ERROR : 0) |
	    (io_kind_of[T] == IO_REQUEST ? io_operation[io_request[T]->cmd_flags] :
	    io_kind_of[T] == IO_BIO ? io_operation[io_bio[T]->bi_opf] : 0);
	b_bcount = io_size[T];
	b_addr = (uintptr_t)T;
	b_blkno = io_block[T];
	b_lblkno = io_block[T];
	b_resid = (T, this->io_left);
	b_bufsize = io_size[T];
	b_iodone = io_kind_of[T] == IO_REQUEST ? (io_request[T]->bio == NULL ? 0 :
	    (uintptr_t)io_request[T]->bio->bi_end_io) :
	    io_kind_of[T] == IO_BIO ? (uintptr_t)io_bio[T]->bi_end_io : 0;
	b_error = (T, this->io_error);
	b_edev = io_kind_of[T] == IO_REQUEST ? (io_request[T]->part == NULL ? 0 :
	    disk_number[io_request[T]->part]) :
	    io_kind_of[T] == IO_BIO ? io_bio_device[io_bio[T]] :
	    io_buffer[T]->b_bdev == NULL ? 0 : io_buffer[T]->b_bdev->bd_dev;
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

/*
 * The file whose data a transfer carries is that of its first page. Of a group
 * of pages the first knows the file, and the others lead to the first: a word
 * of theirs is its address and 1.
 */
#if member(page, compound_head)
inline uintptr_t io_link[struct page *P] = P->compound_head;
#else
inline uintptr_t io_link[struct page *P] = P->compound_info;
#endif
inline struct page *io_first[struct page *P] =
    (io_link[P] & 1) ? (struct page *)(io_link[P] - 1) : P;
#if member(folio, index)
inline uint64_t io_index[struct page *P] = ((struct folio *)P)->index;
#else
inline uint64_t io_index[struct page *P] = P->index;
#endif
/* Words of memory that is not a file's have one of the lowest two bits set. */
inline struct address_space *io_mapping[struct page *P] =
    ((uintptr_t)io_first[P]->mapping & 3) ? NULL : io_first[P]->mapping;
inline struct page *io_page[struct bio *B] =
    B == NULL || B->bi_io_vec == NULL ? NULL : B->bi_io_vec->bv_page;

/* A transfer past the page cache is of its caller's memory; who waits for it knows the file. */
#if function(iomap_dio_bio_end_io)
inline struct kiocb *io_call[struct bio *B] = B != NULL &&
    (uintptr_t)B->bi_end_io == (uintptr_t)&`iomap_dio_bio_end_io ?
    ((struct iomap_dio *)B->bi_private)->iocb : NULL;
#else
inline struct kiocb *io_call[struct bio *B] = (struct kiocb *)NULL;
#endif

/* Blocks that a file system keeps itself in are of the device: of no file. */
inline struct inode *io_cached[struct page *P] =
    P == NULL || io_mapping[P] == NULL ||
    (io_mapping[P]->host->i_mode & 0xf000) == 0x6000 ? NULL :
    io_mapping[P]->host;
inline struct inode *io_inode[struct bio *B] = io_call[B] != NULL ?
    io_call[B]->ki_filp->f_inode : io_cached[io_page[B]];
inline int io_has_path[struct inode *I] = I != NULL && I->i_dentry.first != NULL;

translator fileinfo_t < struct bio *B > {
	fi_name = io_has_path[io_inode[B]] ?
	    basename(inode_path(io_inode[B])) : "<none>";
	fi_dirname = io_has_path[io_inode[B]] ?
	    dirname(inode_path(io_inode[B])) : "<none>";
	fi_pathname = io_has_path[io_inode[B]] ? inode_path(io_inode[B]) : "<none>";
	fi_offset = io_call[B] != NULL ? io_call[B]->ki_pos :
	    io_cached[io_page[B]] == NULL ? 0 :
	    ((io_index[io_first[io_page[B]]] +
	    ((uintptr_t)io_page[B] - (uintptr_t)io_first[io_page[B]]) /
	    sizeof (struct page)) << 12) + B->bi_io_vec->bv_offset;
	fi_fs = io_inode[B] == NULL ? "<none>" :
	    stringof(io_inode[B]->i_sb->s_type->name);
	fi_mount = io_has_path[io_inode[B]] ? inode_mount(io_inode[B]) : "<none>";
	fi_oflags = io_call[B] == NULL ? 0 : io_call[B]->ki_filp->f_flags;
};
