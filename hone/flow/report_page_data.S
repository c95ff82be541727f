/* The report page's bytes between two symbols; HONE_REPORT_PAGE is the path of report.html. */
  .section .rodata
  .global hone_report_page_begin
  .global hone_report_page_end
hone_report_page_begin:
  .incbin HONE_REPORT_PAGE
hone_report_page_end:
  .byte 0
  .section .note.GNU-stack,"",%progbits
