"""The same bytes in every object: for one thread and two, run after run, in any folder."""

from .harness import ProjectTest, object_file, objects, outputs, reachable_objects, current_records, hone, run_stages


class DeterminismTest(ProjectTest):
    def test_objects_depend_on_neither_threads_nor_folder_nor_time(self):
        one = self.copy_example(target="one/bank_messages")
        two = self.copy_example(target="two/elsewhere/of_another_name")
        run_stages(one, "--threads", "1")
        run_stages(two, "--threads", "2")
        self.assertGreater(len(objects(one)), 50)
        self.assertEqual(objects(one), objects(two))
        self.assertEqual({stage: outputs(record) for stage, record in current_records(one).items()},
                         {stage: outputs(record) for stage, record in current_records(two).items()})
        self.assertEqual({record["key"] for record in current_records(one).values()},
                         {record["key"] for record in current_records(two).values()})
        for hash in sorted(objects(one)):
            self.assertEqual(object_file(one, hash).read_bytes(), object_file(two, hash).read_bytes())

    def test_no_object_names_a_folder_or_a_time(self):
        project = self.copy_example()
        run_stages(project)
        for hash in reachable_objects(project):
            self.assertNotIn(str(self.folder).encode(), object_file(project, hash).read_bytes(), hash)
            self.assertNotIn(b'"ended"', object_file(project, hash).read_bytes(), hash)

    def test_predictions_repeat_whatever_the_threads(self):
        project = self.copy_example()
        run_stages(project)
        told = [hone("predict", project / "messages.csv", "--project", project, "--threads", threads).stdout for threads in (1, 2, 2)]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[1], told[2])
