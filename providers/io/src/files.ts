import type { Needs } from '@dtrace/core/provider';

/** D: the inode that a `struct bio *` transfers data of, or NULL; in ways that kernels of different ages have. */
export interface FileOf {
  readonly needs: Needs;
  readonly member: string;
  readonly inode: (bio: string) => string;
}

const NONE = '(struct inode *)NULL';

/** Set in the word that leads from a later page of a group to its first. */
const LATER = 1;
/** Set in the mapping of pages that are not a file's. */
const NO_FILE = 3;

/** Of an inode's mode: blocks that file systems keep themselves in belong to the device. */
const TYPE = '0xf000';
const DEVICE = '0x6000';

/** `link`: the name of that word in struct page. */
function ofPage(page: string, link: string): string {
  const first = `((${page}->${link} & ${LATER}) ? (struct page *)(${page}->${link} - ${LATER}) : ${page})`;
  const mapping = `${first}->mapping`;
  const isFile = `${mapping} != NULL && !((uintptr_t)${mapping} & ${NO_FILE}) && (${mapping}->host->i_mode & ${TYPE}) != ${DEVICE}`;
  return `(${isFile} ? ${mapping}->host : ${NONE})`;
}

/** A transfer that bypasses the page cache is of its caller's memory; who waits for it knows the file. */
const DIRECT = 'iomap_dio_bio_end_io';

const LINKS = ['compound_head', 'compound_info'];

function fileOf(link: string, direct: boolean): FileOf {
  return {
    needs: direct ? { function: DIRECT } : {},
    member: `page.${link}`,
    inode: (bio) => {
      const cached = `${bio}->bi_io_vec == NULL ? ${NONE} : ${ofPage(`${bio}->bi_io_vec->bv_page`, link)}`;
      const waiting = `((struct iomap_dio *)${bio}->bi_private)->iocb->ki_filp->f_inode`;
      const isDirect = `(uintptr_t)${bio}->bi_end_io == (uintptr_t)&\`${DIRECT}`;
      return `${bio} == NULL ? ${NONE} : ${direct ? `${isDirect} ? ${waiting} : ${cached}` : cached}`;
    },
  };
}

export const FILES: readonly FileOf[] = [true, false].flatMap((direct) =>
  LINKS.map((link) => fileOf(link, direct)),
);
