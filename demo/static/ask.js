toile.ready((design) => { props.value = design; trigger('input'); });
