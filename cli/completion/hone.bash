# Completion of hone in bash. For this shell: source <(hone completion bash)
# For all to come: hone completion bash > ~/.local/share/bash-completion/completions/hone
_hone() {
  local word what cur="${COMP_WORDS[COMP_CWORD]}"
  [ "$cur" = "=" ] && cur=""
  COMPREPLY=()
  while IFS=$'\t' read -r word what; do
    case $word in
      :files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
      :folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _hone hone
