/* The bytes of files between two symbols each (embedded.h). Paths start at the root of the source tree, which the assembler is told. */
  .section .rodata
  .macro embed name, path
  .global hone_embedded_\name\()_begin
  .global hone_embedded_\name\()_end
hone_embedded_\name\()_begin:
  .incbin "\path"
hone_embedded_\name\()_end:
  .byte 0
  .endm

  embed docs_help, "docs/help.md"
  embed docs_project, "docs/project.md"
  embed docs_formats, "docs/formats.md"
  embed docs_json, "docs/json.md"
  embed completion_bash, "cli/completion/hone.bash"
  embed completion_zsh, "cli/completion/hone.zsh"
  embed completion_fish, "cli/completion/hone.fish"
  .section .note.GNU-stack,"",%progbits
