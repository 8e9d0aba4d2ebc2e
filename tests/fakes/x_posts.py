"""Our account and its timeline: https://docs.x.com/x-api/posts/create-post"""

from itertools import islice

from tests.fakes.x_calls import Call, Json, forbidden, invalid, not_found
from tests.fakes.x_clock import stamp
from tests.fakes.x_lookup import to_user
from tests.fakes.x_words import ROOM, show, weight
from tests.fakes.x_world import Post, World

MOST_FILES = 4
LONG_AGO = 86_400.0
KNOWN = {"text", "reply", "media"}


class Posts:
    """`refuses_repeats`: X takes no post with the words of one that stands there since less than a
    day.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.refuses_repeats = True

    async def me(self, _: Call) -> Json:
        return {"data": to_user(self._world.me)}

    async def create(self, call: Call) -> Json:
        world = self._world
        post = self._read(call)
        if self.refuses_repeats and self._is_repeat(post):
            raise forbidden("You are not allowed to create a Tweet with duplicate content.")
        world.posts.append(post)
        text = self._shown(post)["text"]
        return {"data": {"id": post.id, "text": text, "edit_history_tweet_ids": [post.id]}}

    def _read(self, call: Call) -> Post:
        if unknown := call.fields.keys() - KNOWN:
            raise invalid(f"$.{min(unknown)}: is not imitated, or not defined in the schema")
        text, media = call.text("text"), (call.fields.get("media") or {}).get("media_ids", [])
        files = tuple(file for id in media if (file := self._world.files.get(str(id))))
        if len(files) != len(media) or len(media) > MOST_FILES:
            raise invalid("Your media IDs are invalid.")
        if not text and not files:
            raise invalid("$.text: one of text and media is needed")
        if weight(text) > ROOM:
            raise forbidden("Your Tweet text is too long.")
        reply_to = str((call.fields.get("reply") or {}).get("in_reply_to_tweet_id", ""))
        if reply_to and all(post.id != reply_to for post in self._world.posts):
            raise forbidden(
                "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        clock = self._world.clock
        return Post(clock.new_id(), clock.now(), text, reply_to, files)

    def _is_repeat(self, post: Post) -> bool:
        """A file makes it another one."""
        since = post.at - LONG_AGO
        return not post.files and any(
            one.text == post.text and one.at > since for one in reversed(self._world.posts)
        )

    async def timeline(self, call: Call) -> Json:
        """Of our own account, newest first."""
        if call.parts["id"] not in self._world.users:
            raise not_found("user", call.parts["id"])
        given = call.query.get("max_results", "10")
        if not given.isdecimal() or not 5 <= int(given) <= 100:
            message = f"The `max_results` query parameter value [{given}] is not between 5 and 100"
            raise invalid(message, max_results=given)
        fields = {"id", "text", *call.query.get("tweet.fields", "").split(",")}
        own = call.parts["id"] == self._world.me.id
        newest = list(islice(reversed(self._world.posts), int(given))) if own else []
        data = [
            {name: value for name, value in self._shown(post).items() if name in fields and value}
            for post in newest
        ]
        return ({"data": data} if data else {}) | {"meta": {"result_count": len(data)}}

    def _page(self, post: Post) -> str:
        return f"https://x.com/{self._world.me.username}/status/{post.id}"

    def _shown(self, post: Post) -> Json:
        world = self._world
        shown = show(
            post.text,
            shortens=world.shortens_links,
            escapes=world.escapes_html,
            page=f"{self._page(post)}/photo/1" if post.files else "",
        )
        replied = [{"type": "replied_to", "id": post.reply_to}] if post.reply_to else None
        return {
            "id": post.id,
            "text": shown.text,
            "created_at": stamp(post.at),
            "attachments": {"media_keys": [one.key for one in post.files]} if post.files else None,
            "entities": {"urls": shown.urls} if shown.urls else None,
            "referenced_tweets": replied,
            "author_id": world.me.id,
        }
