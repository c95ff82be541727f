import { Component, type ComponentChildren } from "preact";
import { Section } from "./section";

interface GuardProps {
  id: string;
  title: string;
  children: ComponentChildren;
}

/** A report of another version may lack something. Then one section says so, and the others still show. */
export class Guard extends Component<GuardProps, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(): void {
    this.setState({ failed: true });
  }

  override render({ id, title, children }: GuardProps) {
    if (!this.state.failed) return children;
    return (
      <Section id={id} title={title}>
        <p class="empty section-failed">This part of the report could not be shown; its numbers are in the output of “hone report --json”.</p>
      </Section>
    );
  }
}
