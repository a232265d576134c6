/* Operations of file systems: the file one is about. */
#pragma D depends_on library file.d

/*
 * A file as the kernel has it open, or the path in user memory that names it:
 * addresses of the kernel are negative numbers.
 */
struct fs_operand { int unused; };
inline struct file *fs_file[struct fs_operand *O] = (struct file *)O;
inline int fs_is_open[struct fs_operand *O] = (int64_t)O < 0;

translator fileinfo_t < struct fs_operand *O > {
	fi_name = fs_is_open[O] ?
	    stringof(fs_file[O]->f_path.dentry->d_name.name) :
	    basename(copyinstr((uintptr_t)O));
	fi_dirname = fs_is_open[O] ? dirname(d_path(&fs_file[O]->f_path)) :
	    dirname(copyinstr((uintptr_t)O));
	fi_pathname = fs_is_open[O] ? d_path(&fs_file[O]->f_path) :
	    copyinstr((uintptr_t)O);
	fi_offset = fs_is_open[O] ? fs_file[O]->f_pos : 0;
	fi_fs = fs_is_open[O] ?
	    stringof(fs_file[O]->f_inode->i_sb->s_type->name) : "<unknown>";
	fi_mount = "<unknown>";
	fi_oflags = fs_is_open[O] ? fs_file[O]->f_flags : 0;
};
