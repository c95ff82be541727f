#compdef hone
# Completion of hone in zsh. For this shell: source <(hone completion zsh)
# For all to come: hone completion zsh > a file _hone in a folder of $fpath
_hone() {
  local line
  local -a described
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) _files ;;
      :folders) _files -/ ;;
      ?*) described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( $#described )) && _describe hone described
}
if [[ ${funcstack[1]} == _hone ]]; then _hone "$@"; else compdef _hone hone; fi
